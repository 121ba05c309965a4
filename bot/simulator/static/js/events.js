// Live updates over server-sent events. After every (re)connection everything is read again,
// so nothing that happened in between is missed.

export function connect({ onEvent, onState }) {
  const source = new EventSource("/sim/api/events");
  let down = false;
  source.addEventListener("open", () => {
    onState(true, down);
    down = false;
  });
  source.addEventListener("error", () => {
    down = true;
    onState(false, false);
  });
  // Each carries {type: message | card | callback | wire | world | customer | chat, …}.
  const take = (event) => {
    let data;
    try {
      data = JSON.parse(event.data);
    } catch (error) {
      console.warn("event is not JSON", error.message);
      return;
    }
    onEvent(data);
  };
  source.addEventListener("message", take);
  return source;
}
