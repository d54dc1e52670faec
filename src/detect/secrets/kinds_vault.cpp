// Secret stores and infrastructure tools: these open everything else.
#include "detect/secrets/checks.hpp"
#include "detect/secrets/kind.hpp"

namespace hullcheck::detect::secrets {
namespace {

using enum Strength;
using enum Form;

constexpr Kind k_kinds[] = {
    {"secret/vault-service-token", "Vault service token", "your Vault server", structured, token, "hvs.",
     "hvs\\.[0-9A-Za-z_-]{90,120}|hvs\\.[0-9A-Za-z]{24}", 3.4, nullptr, "hvs.{s95}"},
    {"secret/vault-batch-token", "Vault batch token", "your Vault server", structured, token, "hvb.",
     "hvb\\.[0-9A-Za-z_-]{130,400}", 4.2, nullptr, "hvb.{s160}"},
    {"secret/vault-recovery-token", "Vault recovery token", "your Vault server", structured, token, "hvr.",
     "hvr\\.[0-9A-Za-z_-]{24,120}", 3.4, nullptr, "hvr.{w24}"},
    {"secret/vault-legacy-token", "Vault token", "your Vault server", structured, assigned,
     "vault_token vault_dev_root_token_id x-vault-token vault_root_token", "[sbr]\\.[0-9A-Za-z]{24}", 3.4, nullptr,
     "s.{w24}"},
    {"secret/vault-approle-secret", "Vault AppRole secret id", "your Vault server", contextual, assigned,
     "vault_secret_id approle_secret_id vault_approle_secret_id", k_uuid, 2.8, nullptr, "{@uuid}"},
    {"secret/vault-unseal-key", "Vault unseal key", "your Vault server", structured, token, "Unseal\tKey",
     "Unseal Key [0-9]{1,2}: ([0-9A-Za-z+/]{44}|[0-9A-Za-z+/]{43}=|[0-9a-f]{64,66})", 3.2, nullptr,
     "Unseal Key 1: {b44}"},
    {"secret/terraform-cloud-token", "HCP Terraform token", "HashiCorp", structured, inside, ".atlasv1.",
     "[0-9A-Za-z]{14}\\.atlasv1\\.[0-9A-Za-z_=-]{60,70}", 4.2, nullptr, "{w14}.atlasv1.{w67}", 14},
    {"secret/consul-token", "Consul token", "your Consul cluster", contextual, assigned,
     "consul_http_token consul_token x-consul-token", k_uuid, 2.8, nullptr, "{@uuid}"},
    {"secret/nomad-token", "Nomad token", "your Nomad cluster", contextual, assigned, "nomad_token x-nomad-token",
     k_uuid, 2.8, nullptr, "{@uuid}"},
    {"secret/pulumi-token", "Pulumi access token", "Pulumi", structured, token, "pul-", "pul-[0-9a-f]{40}", 3.2,
     nullptr, "pul-{x40}"},
    {"secret/doppler-token", "Doppler personal token", "Doppler", structured, token,
     "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.",
     "dp\\.(?:pt|ct|sa|scim|audit|st(?:\\.[0-9a-z_-]{2,35})?)\\.[0-9A-Za-z]{40,44}", 3.8, nullptr, "dp.pt.{w43}"},
    {"secret/onepassword-service-token", "1Password service account token", "1Password", verified, token, "ops_eyJ",
     "ops_(eyJ[0-9A-Za-z+/]{250,}={0,2})", 4.2, check_json_token, "{@onepassword}"},
    {"secret/bitwarden-token", "Bitwarden machine token", "Bitwarden", structured, assigned, "bws_access_token",
     "0\\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\.[0-9A-Za-z]{30}:[0-9A-Za-z+/]{22}={0,2}",
     3.8, nullptr, "0.{@uuid}.{w30}:{b22}=="},
    {"secret/bitwarden-password", "Bitwarden credential", "Bitwarden", contextual, assigned,
     "bw_clientsecret bw_password bw_session", "[0-9A-Za-z+/=]{30,100}", 3.5, nullptr, "{w30}"},
    {"secret/infisical-token", "Infisical token", "Infisical", contextual, assigned,
     "infisical_token infisical_client_secret infisical_universal_auth_client_secret",
     "st\\.[0-9a-f]{8,}[0-9a-f-]{0,30}\\.[0-9a-f]{32}\\.[0-9a-f]{32}|[0-9a-f]{64}", 3.2, nullptr, "{x64}"},
    {"secret/akeyless-key", "Akeyless access key", "Akeyless", contextual, assigned,
     "akeyless_access_key akeyless_key", "[0-9A-Za-z+/]{43}=", 3.9, nullptr, "{b43}="},
    {"secret/conjur-key", "Conjur API key", "your Conjur server", contextual, assigned,
     "conjur_authn_api_key conjur_api_key", "[0-9a-z]{48,60}", 3.8, nullptr, "{a52}"},
    {"secret/ansible-vault-password", "Ansible vault password", "you", contextual, assigned,
     "ansible_vault_password ansible_become_pass ansible_become_password ansible_ssh_pass ansible_sudo_pass",
     "[0-9A-Za-z!@#%^*()_+=.~-]{8,80}", 2.8, nullptr, "{w16}"},
    {"secret/ansible-vault-file", "Ansible vault (encrypted)", "you", weak, token, "$ANSIBLE_VAULT;",
     "(?m)\\$ANSIBLE_VAULT;1\\.[0-9];AES256[^\\r\\n]{0,40}\\r?\\n[ \\t]*([0-9a-f]{60,80})", 2.0, nullptr,
     "$ANSIBLE_VAULT;1.1;AES256\n{x80}"},
    {"secret/rancher-token", "Rancher token", "your Rancher server", structured, assigned,
     "rancher_token rancher_access_key rancher_bearer_token cattle_token", "token-[0-9a-z]{5}:[0-9a-z]{54}", 3.8,
     nullptr, "token-{a5}:{a54}"},
    {"secret/kubeadm-token", "Kubernetes bootstrap token", "your Kubernetes cluster", structured, assigned,
     "kubeadm_token bootstrap_token k8s_bootstrap_token", "[0-9a-z]{6}\\.[0-9a-z]{16}", 3.3, nullptr, "{a6}.{a16}"},
    {"secret/k3s-token", "K3s cluster token", "your K3s cluster", structured, assigned,
     "k3s_token k3s_agent_token rke2_token", "K10[0-9a-f]{64}::[0-9A-Za-z_-]{1,40}:[0-9a-z.]{8,64}", 3.2, nullptr,
     "K10{x64}::server:{x32}"},
    {"secret/kubeconfig-client-key", "Kubernetes client key", "your Kubernetes cluster", verified, inside,
     "client-key-data", "client-key-data[\"']?[ \\t]*:[ \\t]*[\"']?([0-9A-Za-z+/]{120,}={0,2})", 4.0,
     check_kubernetes_key, "client-key-data: {@pem64}", 0},
    {"secret/spectro-key", "Spectro Cloud key", "Spectro Cloud", contextual, assigned, "spectrocloud_apikey",
     "[0-9A-Za-z+/=]{40,80}", 3.8, nullptr, "{b44}"},
    {"secret/chef-token", "Chef Automate token", "your Chef server", contextual, assigned,
     "chef_automate_token chef_data_collector_token", "[0-9A-Za-z_=-]{27,44}", 3.5, nullptr, "{w28}="},
    {"secret/puppet-token", "Puppet Enterprise token", "your Puppet server", contextual, assigned,
     "puppet_token pe_access_token puppetdb_token", "[0-9A-Za-z_-]{43,64}", 3.9, nullptr, "{s44}"},
};

}  // namespace

std::span<const Kind> vault_kinds() { return k_kinds; }

}  // namespace hullcheck::detect::secrets
