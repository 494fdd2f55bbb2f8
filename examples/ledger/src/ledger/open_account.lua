-- Records an account once. KEYS: account, list of accounts. ARGV: id, currency, overdraft (0 or 1)
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'currency', ARGV[2], 'overdraft', ARGV[3], 'balance', 0)
redis.call('SADD', KEYS[2], ARGV[1])
return 1
