-- Sends each delivery of the file once, in order; what is left over is never sent.
local waiting = {}
local sent = 0

function init(args)
  local headers = { ["Content-Type"] = "text/xml" }
  for line in io.lines(args[1]) do
    local at = line:find(" ", 1, true)
    waiting[#waiting + 1] = wrk.format("POST", line:sub(1, at - 1), headers, line:sub(at + 1))
  end
end

function request()
  sent = sent + 1
  if sent > #waiting then sent = 1 end
  return waiting[sent]
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"answers": %d, "seconds": %f, "refused": %d, "broken": %d, "p50_ms": %f, "p99_ms": %f}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
