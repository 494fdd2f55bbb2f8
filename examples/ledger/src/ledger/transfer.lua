-- Moves money in one step: two entries that cancel each other out, or nothing.
-- KEYS: source account, destination account, transfer, idempotency record, source's entries, destination's entries, journal
-- ARGV: transfer id, amount, fingerprint of the request, seconds the idempotency record lives, memo, time, source id, destination id
local seen = redis.call('HMGET', KEYS[4], 'fingerprint', 'transfer')
if seen[1] then
  if seen[1] ~= ARGV[3] then return { 'reused' } end
  return { 'repeated', seen[2] }
end

local source = redis.call('HMGET', KEYS[1], 'currency', 'overdraft', 'balance')
local destination = redis.call('HMGET', KEYS[2], 'currency')
if not source[1] then return { 'unknown', ARGV[7] } end
if not destination[1] then return { 'unknown', ARGV[8] } end
if source[1] ~= destination[1] then return { 'currencies', source[1], destination[1] } end

local amount = tonumber(ARGV[2])
if source[2] ~= '1' and tonumber(source[3]) < amount then return { 'short', source[3] } end

redis.call('HINCRBY', KEYS[1], 'balance', -amount)
redis.call('HINCRBY', KEYS[2], 'balance', amount)
redis.call('HSET', KEYS[3], 'source', ARGV[7], 'destination', ARGV[8], 'amount', ARGV[2], 'currency', source[1],
  'memo', ARGV[5], 'time', ARGV[6])
redis.call('RPUSH', KEYS[5], ARGV[1])
redis.call('RPUSH', KEYS[6], ARGV[1])
redis.call('RPUSH', KEYS[7], ARGV[1])
redis.call('HSET', KEYS[4], 'fingerprint', ARGV[3], 'transfer', ARGV[1])
redis.call('EXPIRE', KEYS[4], ARGV[4])
return { 'done', ARGV[1] }
