# Of pgbench-loop.py: writes down that ID was committed in SESSION.
now=$(date +%s%N)
echo "{\"id\": $1, \"session\": $2, \"start\": $now, \"end\": $now}" >>"$LOG"
