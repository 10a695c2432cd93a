-- Says what wrk recorded, in one line: answers, seconds, faults, median and 99th percentile in milliseconds.
local ffi = require("ffi")
ffi.cdef [[ typedef struct { long seconds; long nanoseconds; } moment; int clock_gettime(int clock, moment *found); ]]

function now()
   local found = ffi.new("moment")
   ffi.C.clock_gettime(1, found)
   return tonumber(found.seconds) + tonumber(found.nanoseconds) / 1e9
end

local threads = {}

function setup(thread) table.insert(threads, thread) end

function init() started = now() end

function done(summary, latency, requests)
   local seconds = summary.duration / 1e6
   local thread = threads[1]
   if thread:get("stopped") then seconds = thread:get("stopped") - thread:get("started") end
   local faults = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
   local refused = summary.errors.status
   io.write(string.format("RESULT %d %.6f %d %.3f %.3f\n", summary.requests - refused, seconds, faults + refused,
      latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
