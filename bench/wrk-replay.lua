-- Sends the requests of a file in order; the file is made by signed-requests.mjs.
-- Arguments: file, "once" or "repeat", and a text that every answer must contain ("" to look at none).
-- Meant for one wrk thread, so that the order is kept and nothing is sent twice.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  file = assert(io.open(args[1], "rb"))
  file:setvbuf("full", 1048576)
  repeats = args[2] == "repeat"
  sent, mismatched, exhausted, wraps, verified = 0, 0, false, 0, false
  latest = nil
  if args[3] and args[3] ~= "" then
    local expected = args[3]
    response = function(status, headers, body)
      if not string.find(body, expected, 1, true) then mismatched = mismatched + 1 end
    end
  end
end

local function next_record()
  local length = file:read(8)
  if not length then return nil end
  return file:read(tonumber(length))
end

function request()
  local raw = next_record()
  -- wrk asks for one request before the run, to look at it; that one is not sent.
  if not verified then
    verified = true
    file:seek("set", 0)
    return raw
  end
  if not raw then
    if repeats then
      wraps = wraps + 1
      file:seek("set", 0)
      raw = next_record()
    else
      exhausted = true
      wrk.thread:stop()
      return latest
    end
  end
  sent = sent + 1
  latest = raw
  return raw
end

function done(summary, latency, requests)
  local thread, errors = threads[1], summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"p50Ms":%.3f,"p99Ms":%.3f,"maxMs":%.3f,"refused":%d,"socketErrors":%d,' ..
    '"timeouts":%d,"sent":%d,"mismatched":%d,"exhausted":%s,"wraps":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, errors.status, errors.connect + errors.read + errors.write, errors.timeout,
    thread:get("sent"), thread:get("mismatched"), tostring(thread:get("exhausted")), thread:get("wraps")))
end
