// What applications sign and encrypt with: whoever knows it forges sessions.
#include "detect/secrets/checks.hpp"
#include "detect/secrets/kind.hpp"

namespace hullcheck::detect::secrets {
namespace {

using enum Strength;
using enum Form;

constexpr Kind k_kinds[] = {
    {"secret/rails-secret", "Rails secret key base", "your application", contextual, assigned, "secret_key_base",
     "[0-9a-f]{128}|[0-9a-f]{64}", 3.3, nullptr, "{x128}"},
    {"secret/rails-master-key", "Rails master key", "your application", contextual, assigned, "rails_master_key",
     "[0-9a-f]{32}", 3.0, nullptr, "{x32}"},
    {"secret/laravel-key", "Laravel application key", "your application", structured, assigned, "app_key",
     "base64:[0-9A-Za-z+/]{42}[AEIMQUYcgkosw048]=", 3.8, nullptr, "base64:{b42}A="},
    {"secret/symfony-secret", "Symfony application secret", "your application", contextual, assigned, "app_secret",
     "[0-9a-f]{32,64}", 3.0, nullptr, "{x32}"},
    {"secret/django-secret", "Django secret key", "your application", contextual, assigned,
     "django_secret_key secret_key", "[0-9A-Za-z!@#$%^&*()_+=-]{50}", 4.0, check_django_key, "{w25}#{w24}"},
    {"secret/wordpress-key", "WordPress authentication key", "your application", contextual, assigned,
     "logged_in_key secure_auth_key logged_in_salt secure_auth_salt nonce_salt", "[!#-&(-\\[\\]-~ ]{64}", 4.2,
     nullptr, "{w30}#{w33}"},
    {"secret/wordpress-password", "WordPress database password", "the database server", contextual, assigned,
     "wordpress_db_password", "[0-9A-Za-z!@#%^*()_+=.~-]{8,80}", 2.8, nullptr, "{w16}"},
    {"secret/jwt-secret", "Key that signs tokens", "your application", contextual, assigned,
     "jwt_secret jwt_secret_key jwt_signing_key jwt_key token_secret", "[0-9A-Za-z+/=_!@#%^*.-]{24,200}", 3.4,
     nullptr, "{w43}"},
    {"secret/session-secret", "Key that signs sessions", "your application", contextual, assigned,
     "session_secret cookie_secret nextauth_secret auth_secret", "[0-9A-Za-z+/=_!@#%^*.-]{24,200}", 3.4, nullptr,
     "{b43}="},
    {"secret/encryption-key", "Encryption key", "your application", contextual, assigned,
     "encryption_key data_encryption_key fernet_key aes_key secret_encryption_key",
     "[0-9A-Za-z+/_-]{43}=|[0-9a-f]{64}|[0-9a-f]{32}", 3.0, nullptr, "{x64}"},
    {"secret/airflow-fernet-key", "Airflow Fernet key", "your application", contextual, assigned,
     "airflow__core__fernet_key airflow_fernet_key", "[0-9A-Za-z_-]{43}=", 3.9, nullptr, "{s43}="},
    {"secret/webhook-secret", "Webhook secret", "your application", contextual, assigned,
     "webhook_secret github_webhook_secret gitlab_webhook_secret", "[0-9A-Za-z+/=_-]{20,128}", 3.3, nullptr, "{x40}"},
    {"secret/phpmyadmin-secret", "phpMyAdmin cookie secret", "your application", contextual, assigned,
     "blowfish_secret", "[^'\"\\s\\\\<]{32}", 3.4, nullptr, "{w32}"},
    {"secret/drupal-hash-salt", "Drupal hash salt", "your application", contextual, assigned, "hash_salt",
     "[0-9A-Za-z_-]{55,86}", 4.1, nullptr, "{s74}"},
    {"secret/magento-key", "Magento encryption key", "your application", contextual, assigned, "magento_crypt_key",
     "[0-9a-f]{32}", 3.0, nullptr, "{x32}"},
    {"secret/erlang-cookie", "Erlang cookie", "your cluster", contextual, assigned,
     "erlang_cookie releases_cookie release_cookie", "[0-9A-Za-z_!-]{20,64}", 3.0, nullptr, "{A20}"},
    {"secret/etcd-password", "etcd password", "your etcd cluster", contextual, assigned,
     "etcd_root_password etcd_password etcdctl_password", "[0-9A-Za-z!@#%^*()_+=.~-]{8,80}", 2.8, nullptr, "{w16}"},
    {"secret/grafana-password", "Grafana admin password", "your Grafana server", contextual, assigned,
     "gf_security_admin_password gf_security_secret_key grafana_admin_password", "[0-9A-Za-z!@#%^*()_+=.~-]{8,80}",
     2.8, nullptr, "{w20}"},
    {"secret/admin-password", "Administrator password", "your application", contextual, assigned,
     "admin_password root_password superuser_password django_superuser_password", "[0-9A-Za-z!@#%^*()_+=.~-]{8,80}",
     2.8, nullptr, "{w16}"},
    {"secret/vnc-password", "VNC password", "your application", contextual, assigned,
     "vnc_password vnc_pw novnc_password", "[0-9A-Za-z!@#%^*()_+=.~-]{6,80}", 2.5, nullptr, "{w16}"},
    {"secret/vpn-password", "VPN password", "the VPN provider", contextual, assigned,
     "vpn_password openvpn_password nordvpn_pass", "[0-9A-Za-z!@#%^*()_+=.~-]{8,80}", 2.8, nullptr, "{w16}"},
    {"secret/keystore-password", "Keystore password", "you", contextual, assigned,
     "keystore_password key_store_password truststore_password ssl_keystore_password storepassword",
     "[0-9A-Za-z!@#%^*()_+=.~-]{8,80}", 2.8, nullptr, "{w16}"},
};

}  // namespace

std::span<const Kind> framework_kinds() { return k_kinds; }

}  // namespace hullcheck::detect::secrets
