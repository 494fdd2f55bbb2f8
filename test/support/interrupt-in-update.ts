/** Runs a command, which writes to the file $0, until Pulumi has begun to change things, and ends it as Ctrl-C does. */
export const INTERRUPT_IN_UPDATE = `
"$@" 2>"$0" & pid=$!
until grep -q Updating "$0" || ! kill -0 $pid; do sleep 0.1; done
kill -INT $pid
wait $pid; code=$?
cat "$0" >&2
exit $code`;
