cd /app
ls -la
mysql -u root -p
export TOKEN=$(cat /run/secrets/token)
