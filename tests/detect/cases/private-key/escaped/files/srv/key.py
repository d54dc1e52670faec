KEY = (
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIH+XI64hQ/qIDUf+pYFMFHF217Wc0Gw8JF5hGwaWSu0FoAoGCCqGSM49\n"
    "AwEHoUQDQgAEMEzMXw65ilDXTpeSgB+NyunlS6tCsZ9tZNrwSdbFP0lLr7rHv5r2\n"
    "bz1vLwmyMbvGLxsKl3raeNcn/VR8rDg6Ng==\n"
    "-----END EC PRIVATE KEY-----\n"
)
