// What happens on the page (a text sent, a button pressed), for whoever follows the story.
const listeners = new Set();

export function listen(handler) {
  listeners.add(handler);
  return () => listeners.delete(handler);
}

export function announce(action) {
  for (const handler of listeners) handler(action);
}
