// Package and container registries. What their configuration files hold is read in files/.
#include "detect/secrets/checks.hpp"
#include "detect/secrets/kind.hpp"

namespace hullcheck::detect::secrets {
namespace {

using enum Strength;
using enum Form;

constexpr Kind k_kinds[] = {
    {"secret/npm-token", "npm access token", "npm", verified, token, "npm_", "npm_[0-9A-Za-z]{36}", 3.6,
     check_base62_crc, "npm_{@crc62}"},
    {"secret/npm-legacy-token", "npm access token", "npm", structured, inside, "_authToken",
     "_authToken[ \\t]{0,4}=[ \\t]{0,4}[\"']?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", 2.8,
     nullptr, "_authToken={@uuid}", 0},
    {"secret/npm-registry-token", "npm registry token", "the npm registry that the line names", contextual, inside,
     "_authToken", "_authToken[ \\t]{0,4}=[ \\t]{0,4}[\"']?([0-9A-Za-z+/=_.~-]{20,400})", 3.3, check_registry_token,
     "_authToken={w40}", 0},
    {"secret/pypi-token", "PyPI token", "PyPI", verified, token, "pypi-AgEIcHlwaS5vcmc",
     "pypi-AgEIcHlwaS5vcmc[0-9A-Za-z_-]{50,}", 4.0, check_pypi_token, "{@pypi}"},
    {"secret/testpypi-token", "TestPyPI token", "TestPyPI", contextual, token, "pypi-AgENdGVzdC5weXBpLm9yZw",
     "pypi-AgENdGVzdC5weXBpLm9yZw[0-9A-Za-z_-]{50,}", 4.0, check_pypi_token, "{@testpypi}"},
    {"secret/crates-token", "crates.io token", "crates.io", structured, assigned,
     "cargo_registry_token crates_io_token", "cio[0-9A-Za-z]{32}", 3.6, nullptr, "cio{w32}"},
    {"secret/rubygems-key", "RubyGems API key", "RubyGems", structured, token, "rubygems_", "rubygems_[0-9a-f]{48}",
     3.2, nullptr, "rubygems_{x48}"},
    {"secret/nuget-key", "NuGet API key", "NuGet", structured, assigned,
     "nuget_api_key nuget_apikey setapikey nugetapikey", "oy2[0-9a-z]{43}", 3.8, nullptr, "oy2{a43}"},
    {"secret/docker-hub-token", "Docker Hub personal access token", "Docker Hub", structured, token, "dckr_pat_",
     "dckr_pat_[0-9A-Za-z_-]{27}", 3.5, nullptr, "dckr_pat_{s27}"},
    {"secret/docker-hub-organisation-token", "Docker Hub organisation token", "Docker Hub", structured, token,
     "dckr_oat_", "dckr_oat_[0-9A-Za-z_-]{32}", 3.5, nullptr, "dckr_oat_{s32}"},
    {"secret/jfrog-key", "JFrog API key", "JFrog Artifactory", structured, token, "AKCp", "AKCp[0-9A-Za-z]{69}", 4.2,
     nullptr, "AKCp{w69}"},
    {"secret/jfrog-reference-token", "JFrog reference token", "JFrog Artifactory", verified, token, "cmVmdGtuOj",
     "cmVmdGtuOj[0-9A-Za-z]{54}", 4.0, check_jfrog_reference, "{@jfrog-reference}"},
    {"secret/jfrog-variable", "JFrog Artifactory credential", "JFrog Artifactory", contextual, assigned,
     "artifactory_api_key artifactory_password jfrog_access_token", "[0-9A-Za-z_.-]{40,}", 3.8, nullptr, "{w64}"},
    {"secret/clojars-token", "Clojars token", "Clojars", structured, token, "CLOJARS_", "CLOJARS_[0-9a-z]{60}", 3.9,
     nullptr, "CLOJARS_{a60}"},
    {"secret/packagist-token", "Private Packagist token", "Private Packagist", structured, token, "packagist_",
     "packagist_(?:ort|out|ack|acs|uut|[a-z]{3})_[0-9a-f]{68}", 3.3, nullptr, "packagist_ort_{x68}"},
    {"secret/jsr-token", "JSR token", "JSR", structured, token, "jsrp_ jsrd_", "jsr[pd]_[0-9A-Za-z]{40,64}", 3.8,
     nullptr, "jsrp_{w48}"},
    {"secret/cloudsmith-key", "Cloudsmith API key", "Cloudsmith", contextual, assigned,
     "cloudsmith_api_key cloudsmith_token", "[0-9a-f]{40}", 3.2, nullptr, "{x40}"},
    {"secret/gemfury-token", "Gemfury token", "Gemfury", contextual, assigned, "gemfury_token fury_auth fury_token",
     "[0-9A-Za-z_-]{20,40}", 3.4, nullptr, "{w32}"},
    {"secret/hex-key", "Hex API key", "Hex", contextual, assigned, "hex_api_key", "[0-9a-f]{32}", 3.0, nullptr,
     "{x32}"},
    {"secret/anaconda-token", "Anaconda token", "Anaconda", contextual, assigned,
     "anaconda_token anaconda_api_token conda_token",
     "(?:[a-z]{2}-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", 2.8, nullptr, "{@uuid}"},
    {"secret/quay-token", "Quay token", "Quay", contextual, assigned, "quay_oauth_token quay_token quay_robot_token",
     "[0-9A-Z]{64}|[0-9A-Za-z]{40}", 3.8, nullptr, "{w40}"},
    {"secret/sonatype-token", "Sonatype user token", "Sonatype", contextual, assigned,
     "ossrh_password sonatype_password ossrh_token maven_central_password", "[0-9A-Za-z/+]{12,64}", 3.2, nullptr,
     "{w44}"},
    {"secret/docker-password", "Container registry password", "the container registry", contextual, assigned,
     "docker_password docker_hub_password dockerhub_password registry_password ci_registry_password",
     "[0-9A-Za-z!@#%^*()_+=.~-]{10,80}", 3.2, nullptr, "{w16}"},
    {"secret/pub-token", "pub.dev credentials", "pub.dev", contextual, assigned, "pub_dev_credentials pub_token",
     "[0-9A-Za-z_.-]{60,400}", 4.0, nullptr, "{s100}"},
};

}  // namespace

std::span<const Kind> registry_kinds() { return k_kinds; }

}  // namespace hullcheck::detect::secrets
