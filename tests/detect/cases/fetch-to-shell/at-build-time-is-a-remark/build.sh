curl -fsSL https://get.example.com | sh
