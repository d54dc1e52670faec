// Hosting platforms and networks: where an application runs, its names and its edges.
#include "detect/secrets/checks.hpp"
#include "detect/secrets/kind.hpp"

namespace hullcheck::detect::secrets {
namespace {

using enum Strength;
using enum Form;

constexpr Kind k_kinds[] = {
    {"secret/heroku-token", "Heroku API token", "Heroku", structured, token, "HRKU-", "HRKU-AA[0-9A-Za-z_-]{58}", 4.0,
     nullptr, "HRKU-AA{s58}"},
    {"secret/heroku-legacy-key", "Heroku API key", "Heroku", contextual, assigned, "heroku_api_key heroku_api_token",
     k_uuid, 2.8, nullptr, "{@uuid}"},
    {"secret/fly-token", "Fly.io token", "Fly.io", structured, token, "fm2_lJPE fm1r_ fm2_",
     "(?:fm1r|fm2)_[0-9A-Za-z+/_-]{100,}={0,3}", 4.2, nullptr, "fm2_lJPE{b240}"},
    {"secret/render-key", "Render API key", "Render", structured, token, "rnd_", "rnd_[0-9A-Za-z]{32}", 3.6, nullptr,
     "rnd_{w32}"},
    {"secret/railway-token", "Railway token", "Railway", contextual, assigned, "railway_token railway_api_token",
     k_uuid, 2.8, nullptr, "{@uuid}"},
    {"secret/vercel-token", "Vercel token", "Vercel", contextual, assigned, "vercel_token vercel_api_token now_token",
     "[0-9A-Za-z]{24}", 3.4, nullptr, "{w24}"},
    {"secret/netlify-token", "Netlify personal token", "Netlify", structured, token, "nfp_", "nfp_[0-9A-Za-z]{36}",
     3.6, nullptr, "nfp_{w36}"},
    {"secret/netlify-legacy-token", "Netlify token", "Netlify", contextual, assigned,
     "netlify_auth_token netlify_access_token", "[0-9A-Za-z_-]{43,46}", 3.9, nullptr, "{s43}"},
    {"secret/cloudflare-token", "Cloudflare API token", "Cloudflare", contextual, assigned,
     "cloudflare_api_token cf_api_token cloudflare_token", "[0-9A-Za-z_-]{40}", 3.8, nullptr, "{s40}"},
    {"secret/cloudflare-global-key", "Cloudflare global API key", "Cloudflare", contextual, assigned,
     "cloudflare_api_key cf_api_key x-auth-key", "[0-9a-f]{37}", 3.1, nullptr, "{x37}"},
    {"secret/cloudflare-origin-key", "Cloudflare origin CA key", "Cloudflare", structured, token, "v1.0-",
     "v1\\.0-[0-9a-f]{24}-[0-9a-f]{146}", 3.4, nullptr, "v1.0-{x24}-{x146}"},
    {"secret/cloudflare-tunnel-token", "Cloudflare tunnel token", "Cloudflare", verified, token, "eyJhIjoi",
     "eyJhIjoi[0-9A-Za-z+/_-]{100,400}={0,2}", 4.0, check_json_token, "{@tunnel-token}"},
    {"secret/fastly-token", "Fastly API token", "Fastly", contextual, assigned,
     "fastly_api_token fastly_api_key fastly_key", "[0-9A-Za-z_-]{32}", 3.6, nullptr, "{s32}"},
    {"secret/akamai-token", "Akamai EdgeGrid token", "Akamai", contextual, token, "akab-",
     "akab-[0-9a-z]{16}-[0-9a-z]{16}", 3.4, nullptr, "akab-{a16}-{a16}"},
    {"secret/bunny-key", "bunny.net API key", "bunny.net", contextual, assigned, "bunny_api_key bunnycdn_api_key",
     "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-"
     "[0-9a-f]{12})?",
     2.8, nullptr, "{@uuid}"},
    {"secret/tailscale-key", "Tailscale key", "Tailscale", structured, token, "tskey-",
     "tskey-(?:auth|api|client|scim|webhook)-k?[0-9A-Za-z]{8,20}(?:CNTRL)?-[0-9A-Za-z]{18,40}", 3.5, nullptr,
     "tskey-auth-k{w9}CNTRL-{w32}"},
    {"secret/ngrok-token", "ngrok token", "ngrok", contextual, assigned,
     "ngrok_authtoken ngrok_auth_token ngrok_api_key", "[12][0-9A-Za-z]{26}_[0-9A-Za-z]{20,21}", 3.8, nullptr,
     "2{w26}_{w21}"},
    {"secret/zerotier-token", "ZeroTier token", "ZeroTier", contextual, assigned,
     "zerotier_central_token zerotier_api_token", "[0-9A-Za-z]{32}", 3.6, nullptr, "{w32}"},
    {"secret/supabase-token", "Supabase personal token", "Supabase", structured, token, "sbp_", "sbp_[0-9a-f]{40}",
     3.2, nullptr, "sbp_{x40}"},
    {"secret/supabase-secret-key", "Supabase secret key", "Supabase", structured, token, "sb_secret_",
     "sb_secret_[0-9A-Za-z_-]{31}", 3.5, nullptr, "sb_secret_{s31}"},
    {"secret/godaddy-secret", "GoDaddy API secret", "GoDaddy", contextual, assigned,
     "godaddy_api_secret godaddy_secret", "[0-9A-Za-z]{22}", 3.3, nullptr, "{w22}"},
    {"secret/dnsimple-token", "DNSimple token", "DNSimple", contextual, assigned,
     "dnsimple_token dnsimple_oauth_token", "(?:dnsimple_[au]_)?[0-9A-Za-z]{32}", 3.5, nullptr, "{w32}"},
    {"secret/gandi-key", "Gandi API key", "Gandi", contextual, assigned, "gandi_api_key gandiv5_api_key",
     "[0-9A-Za-z]{24}", 3.4, nullptr, "{w24}"},
    {"secret/namecheap-key", "Namecheap API key", "Namecheap", contextual, assigned, "namecheap_api_key",
     "[0-9a-f]{32}", 3.0, nullptr, "{x32}"},
    {"secret/duckdns-token", "Duck DNS token", "Duck DNS", contextual, assigned, "duckdns_token", k_uuid, 2.8,
     nullptr, "{@uuid}"},
    {"secret/openshift-token", "OpenShift user token", "your OpenShift cluster", structured, token, "sha256~",
     "sha256~[0-9A-Za-z_-]{43}", 3.8, nullptr, "sha256~{s43}"},
    {"secret/scalingo-token", "Scalingo token", "Scalingo", structured, token, "tk-us-", "tk-us-[0-9A-Za-z_-]{48}",
     3.9, nullptr, "tk-us-{s48}"},
    {"secret/docker-swarm-join-token", "Docker Swarm join token", "your Swarm cluster", structured, token,
     "SWMTKN-1-", "SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}", 3.8, nullptr, "SWMTKN-1-{a50}-{a25}"},
    {"secret/docker-swarm-unlock-key", "Docker Swarm unlock key", "your Swarm cluster", structured, token,
     "SWMKEY-1-", "SWMKEY-1-[0-9A-Za-z+/]{43}", 3.9, nullptr, "SWMKEY-1-{b43}"},
};

}  // namespace

std::span<const Kind> platform_kinds() { return k_kinds; }

}  // namespace hullcheck::detect::secrets
