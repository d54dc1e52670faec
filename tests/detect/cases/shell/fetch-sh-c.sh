sh -c "$(curl -fsSL https://example.com/install.sh)"
