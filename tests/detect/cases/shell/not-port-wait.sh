until (echo > /dev/tcp/db/5432) 2>/dev/null; do sleep 1; done
until nc -z db 5432; do sleep 1; done
wait_for() { timeout 1 bash -c "</dev/tcp/$1/$2"; }
wait_for db 5432
