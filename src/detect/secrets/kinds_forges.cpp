// Source forges. GitHub's tokens end in a checksum of themselves, which is what makes them certain.
#include "detect/secrets/checks.hpp"
#include "detect/secrets/kind.hpp"

namespace hullcheck::detect::secrets {
namespace {

using enum Strength;
using enum Form;

constexpr Kind k_kinds[] = {
    {"secret/github-personal-token", "GitHub personal access token", "GitHub", verified, token, "ghp_",
     "ghp_[0-9A-Za-z]{36}", 3.6, check_base62_crc, "ghp_{@crc62}"},
    {"secret/github-oauth-token", "GitHub OAuth token", "GitHub", verified, token, "gho_", "gho_[0-9A-Za-z]{36}", 3.6,
     check_base62_crc, "gho_{@crc62}"},
    {"secret/github-user-token", "GitHub user-to-server token", "GitHub", verified, token, "ghu_",
     "ghu_[0-9A-Za-z]{36}", 3.6, check_base62_crc, "ghu_{@crc62}"},
    {"secret/github-server-token", "GitHub server-to-server token", "GitHub", verified, token, "ghs_",
     "ghs_[0-9A-Za-z]{36}", 3.6, check_base62_crc, "ghs_{@crc62}"},
    {"secret/github-refresh-token", "GitHub refresh token", "GitHub", structured, token, "ghr_",
     "ghr_[0-9A-Za-z]{36,76}", 3.6, nullptr, "ghr_{w76}"},
    {"secret/github-fine-grained-token", "GitHub fine-grained token", "GitHub", structured, token, "github_pat_",
     "github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}", 4.2, check_long_base62_crc, "{@github-long}"},
    {"secret/github-legacy-token", "GitHub token", "GitHub", contextual, assigned,
     "github_token github_api_token gh_token github_oauth_token", "[0-9a-f]{40}", 3.2, nullptr, "{x40}"},
    {"secret/github-client-secret", "GitHub OAuth client secret", "GitHub", contextual, assigned,
     "github_client_secret github_oauth_secret", "[0-9a-f]{40}", 3.2, nullptr, "{x40}"},
    {"secret/gitlab-personal-token", "GitLab personal access token", "GitLab", structured, token, "glpat-",
     "glpat-[0-9A-Za-z_-]{20}", 3.3, nullptr, "glpat-{s20}"},
    {"secret/gitlab-routable-token", "GitLab routable token", "GitLab", structured, token,
     "glpat- gldt- glft- glrt- glrtr-",
     "gl(?:pat|dt|ft|rt|rtr)-(?:t[0-9]_)?[0-9A-Za-z_-]{27,300}\\.[0-9a-z]{2}\\.?[0-9a-z]{7,9}", 3.6, nullptr,
     "glpat-{s40}.{a2}{a7}"},
    {"secret/gitlab-deploy-token", "GitLab deploy token", "GitLab", structured, token, "gldt-",
     "gldt-[0-9A-Za-z_-]{20}", 3.3, nullptr, "gldt-{s20}"},
    {"secret/gitlab-runner-token", "GitLab runner token", "GitLab", structured, token, "glrt-",
     "glrt-[0-9A-Za-z_-]{20}", 3.3, nullptr, "glrt-{s20}"},
    {"secret/gitlab-runner-registration", "GitLab runner registration token", "GitLab", structured, token,
     "GR1348941", "GR1348941[0-9A-Za-z_-]{20}", 3.3, nullptr, "GR1348941{s20}"},
    {"secret/gitlab-trigger-token", "GitLab pipeline trigger token", "GitLab", structured, token, "glptt-",
     "glptt-[0-9a-f]{40}", 3.2, nullptr, "glptt-{x40}"},
    {"secret/gitlab-job-token", "GitLab job token", "GitLab", contextual, token, "glcbt-",
     "glcbt-[0-9A-Za-z]{1,5}_[0-9A-Za-z_-]{20}", 3.3, nullptr, "glcbt-{w2}_{s20}"},
    {"secret/gitlab-mail-token", "GitLab incoming mail token", "GitLab", structured, token, "glimt-",
     "glimt-[0-9A-Za-z_-]{25}", 3.4, nullptr, "glimt-{s25}"},
    {"secret/gitlab-feed-token", "GitLab feed token", "GitLab", structured, token, "glft-", "glft-[0-9A-Za-z_-]{20}",
     3.3, nullptr, "glft-{s20}"},
    {"secret/gitlab-feature-flag-token", "GitLab feature flag client token", "GitLab", structured, token, "glffct-",
     "glffct-[0-9A-Za-z_-]{20}", 3.3, nullptr, "glffct-{s20}"},
    {"secret/gitlab-scim-token", "GitLab SCIM token", "GitLab", structured, token, "glsoat-",
     "glsoat-[0-9A-Za-z_-]{20}", 3.3, nullptr, "glsoat-{s20}"},
    {"secret/gitlab-agent-token", "GitLab agent for Kubernetes token", "GitLab", structured, token, "glagent-",
     "glagent-[0-9A-Za-z_-]{50}", 4.0, nullptr, "glagent-{s50}"},
    {"secret/gitlab-oauth-secret", "GitLab OAuth application secret", "GitLab", structured, token, "gloas-",
     "gloas-[0-9a-f]{64}", 3.3, nullptr, "gloas-{x64}"},
    {"secret/gitlab-workspace-token", "GitLab workspace token", "GitLab", structured, token, "glwt-",
     "glwt-[0-9A-Za-z_-]{20,64}", 3.3, nullptr, "glwt-{s20}"},
    {"secret/gitlab-legacy-token", "GitLab token", "GitLab", contextual, assigned,
     "gitlab_token gitlab_api_token gitlab_private_token private-token", "[0-9A-Za-z_-]{20}", 3.3, nullptr, "{s20}"},
    {"secret/bitbucket-app-password", "Bitbucket app password", "Bitbucket", structured, token, "ATBB",
     "ATBB[0-9A-Za-z]{24}[0-9A-F]{8}", 3.6, nullptr, "ATBB{w24}{X8}"},
    {"secret/bitbucket-access-token", "Bitbucket access token", "Bitbucket", structured, token, "ATCTT3xFfG",
     "ATCTT3xFfG[0-9A-Za-z+/=_-]{150,260}=[0-9A-F]{8}", 4.2, nullptr, "ATCTT3xFfG{s170}={X8}"},
    {"secret/bitbucket-data-center-token", "Bitbucket Data Center token", "your Bitbucket server", structured, token,
     "BBDC-", "BBDC-[MNO][0-9A-Za-z+/]{39,43}", 3.8, nullptr, "BBDC-M{b43}"},
    {"secret/atlassian-token", "Atlassian API token", "Atlassian", structured, token, "ATATT3xFfGF0",
     "ATATT3xFfGF0[0-9A-Za-z+/=_-]{150,260}=[0-9A-F]{8}", 4.2, nullptr, "ATATT3xFfGF0{s170}={X8}"},
    {"secret/bitbucket-client-secret", "Bitbucket OAuth secret", "Bitbucket", contextual, assigned,
     "bitbucket_client_secret bitbucket_oauth_secret", "[0-9A-Za-z]{32}", 3.6, nullptr, "{w32}"},
    {"secret/gitea-token", "Gitea token", "your Gitea server", contextual, assigned,
     "gitea_token gitea_access_token forgejo_token codeberg_token", "[0-9a-f]{40}", 3.2, nullptr, "{x40}"},
    {"secret/gitee-token", "Gitee token", "Gitee", contextual, assigned, "gitee_token gitee_access_token",
     "[0-9a-f]{32}", 3.0, nullptr, "{x32}"},
    {"secret/sourcegraph-token", "Sourcegraph access token", "Sourcegraph", structured, token, "sgp_",
     "sgp_(?:[0-9a-f]{16}_|local_)?[0-9a-f]{40}", 3.2, nullptr, "sgp_{x16}_{x40}"},
    {"secret/sourcegraph-workspace-token", "Sourcegraph Cody gateway token", "Sourcegraph", structured, token,
     "slk_ sgd_", "(?:slk|sgd)_[0-9a-f]{64}", 3.3, nullptr, "slk_{x64}"},
};

}  // namespace

std::span<const Kind> forge_kinds() { return k_kinds; }

}  // namespace hullcheck::detect::secrets
