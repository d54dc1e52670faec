mkfifo /tmp/log
cat < /tmp/log | sed s/x/y/ &
echo start > /tmp/log
