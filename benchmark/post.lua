-- Posts each form once, then stops. The variables are written before this by wrk.py.
local middle = " HTTP/1.1\r\nHost: " .. origin .. "\r\nOrigin: http://" .. origin ..
   "\r\nSec-Fetch-Site: same-origin\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" ..
   "\r\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: ko,en;q=0.5" ..
   "\r\n" .. headers .. "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
local number = 0

function request()
   number = number + 1
   if number > #paths then
      stopped = stopped or now()
      wrk.thread:stop()
      number = #paths
   end
   return "POST " .. paths[number] .. middle .. #bodies[number] .. "\r\n\r\n" .. bodies[number]
end
