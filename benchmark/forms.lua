-- Posts forms that are all different: head, run, number, tail. The variables are written before this by wrk.py.
local post = {}
for i, path in ipairs(paths) do
   post[i] = "POST " .. path .. " HTTP/1.1\r\nHost: " .. origin .. "\r\nOrigin: http://" .. origin ..
      "\r\nSec-Fetch-Site: same-origin\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" ..
      "\r\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: ko,en;q=0.5" ..
      "\r\n" .. headers .. "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
end
local number = 0

function request()
   local body = heads[number % #heads + 1] .. run .. number .. tails[number % #tails + 1]
   local head = post[number % #post + 1]
   number = number + 1
   return head .. #body .. "\r\n\r\n" .. body
end
