-- Sends the requests of a file; the file is made by signed-requests.mjs.
-- Arguments: file, "once" or "repeat", a text that every answer must contain ("" to look at none), and host:port for each
-- thread. With N threads, each sends every N-th request, in order, so that nothing is sent twice.

local threads = {}

function setup(thread)
  thread:set("index", #threads)
  table.insert(threads, thread)
end

local function address_of(host_and_port)
  local host, port = string.match(host_and_port, "^%[?(.-)%]?:(%d+)$")
  return assert(wrk.lookup(host, port)[1], "no address for " .. host_and_port)
end

function init(args)
  file = assert(io.open(args[1], "rb"))
  file:setvbuf("full", 1048576)
  repeats = args[2] == "repeat"
  parts = #args - 3
  wrk.thread.addr = address_of(args[4 + index])
  sent, mismatched, exhausted, wraps = 0, 0, false, 0
  -- wrk asks the first thread for one request before the run, to look at it; that one is not sent.
  verified = index > 0
  latest = nil
  begin()
  if args[3] and args[3] ~= "" then
    local expected = args[3]
    response = function(status, headers, body)
      if not string.find(body, expected, 1, true) then mismatched = mismatched + 1 end
    end
  end
end

local function skip_record()
  local length = file:read(8)
  if length then file:read(tonumber(length)) end
end

local function next_record()
  local length = file:read(8)
  if not length then return nil end
  local raw = file:read(tonumber(length))
  for _ = 2, parts do skip_record() end
  return raw
end

-- Goes to this thread's first request.
function begin()
  file:seek("set", 0)
  for _ = 1, index do skip_record() end
end

function request()
  local raw = next_record()
  if not verified then
    verified = true
    begin()
    return raw
  end
  if not raw then
    if repeats then
      wraps = wraps + 1
      begin()
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

local function sum_of(name)
  local sum = 0
  for _, thread in ipairs(threads) do sum = sum + thread:get(name) end
  return sum
end

-- Of the requests in the file, so many from the start were sent, whichever thread was the slowest.
local function sent_in_order()
  local least = math.huge
  for _, thread in ipairs(threads) do least = math.min(least, thread:get("sent")) end
  return least * #threads
end

local function is_any_exhausted()
  for _, thread in ipairs(threads) do
    if thread:get("exhausted") then return true end
  end
  return false
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"p50Ms":%.3f,"p99Ms":%.3f,"maxMs":%.3f,"refused":%d,"socketErrors":%d,' ..
    '"timeouts":%d,"sent":%d,"mismatched":%d,"exhausted":%s,"wraps":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, errors.status, errors.connect + errors.read + errors.write, errors.timeout,
    sent_in_order(), sum_of("mismatched"), tostring(is_any_exhausted()), sum_of("wraps")))
end
