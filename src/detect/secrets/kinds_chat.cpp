// Chat and social networks: whoever has these speaks in somebody's name.
#include "detect/secrets/checks.hpp"
#include "detect/secrets/kind.hpp"

namespace hullcheck::detect::secrets {
namespace {

using enum Strength;
using enum Form;

constexpr Kind k_kinds[] = {
    {"secret/slack-bot-token", "Slack bot token", "Slack", structured, token, "xoxb-",
     "xoxb-[0-9]{9,14}-[0-9]{9,14}-[0-9A-Za-z]{24,26}", 3.3, nullptr, "xoxb-{d12}-{d13}-{w24}"},
    {"secret/slack-legacy-bot-token", "Slack bot token", "Slack", structured, token, "xoxb-",
     "xoxb-[0-9]{8,14}-[0-9A-Za-z]{18,26}", 3.2, nullptr, "xoxb-{d12}-{w24}"},
    {"secret/slack-user-token", "Slack user token", "Slack", structured, token, "xoxp-",
     "xoxp-(?:[0-9]{9,14}-){3}[0-9A-Za-z]{28,34}", 3.0, nullptr, "xoxp-{d12}-{d12}-{d13}-{x32}"},
    {"secret/slack-workspace-token", "Slack workspace token", "Slack", structured, token, "xoxa- xoxr-",
     "xox[ar]-(?:[0-9]-)?[0-9A-Za-z-]{30,250}", 3.2, nullptr, "xoxa-2-{d12}-{d12}-{d12}-{x32}"},
    {"secret/slack-session-token", "Slack session token", "Slack", structured, token, "xoxc- xoxs-",
     "xox[cs]-(?:[0-9]{9,14}-){2,3}[0-9A-Za-z]{24,64}", 3.0, nullptr, "xoxc-{d12}-{d12}-{d13}-{x64}"},
    {"secret/slack-app-token", "Slack app-level token", "Slack", structured, token, "xapp-",
     "xapp-[0-9]-[A-Z0-9]{9,12}-[0-9]{10,14}-[0-9a-f]{64}", 3.3, nullptr, "xapp-1-A{A10}-{d13}-{x64}"},
    {"secret/slack-configuration-token", "Slack configuration token", "Slack", structured, token, "xoxe.xox xoxe-1-",
     "xoxe(?:\\.xox[bp])?-[0-9]-[0-9A-Za-z]{140,180}", 4.2, nullptr, "xoxe-1-{w147}"},
    {"secret/slack-webhook", "Slack incoming webhook", "Slack", structured, inside, "hooks.slack.com/",
     "hooks\\.slack\\.com/(?:services|workflows|triggers)/([A-Z0-9]{8,12}/[A-Z0-9]{8,24}/[0-9A-Za-z]{20,40})", 3.4,
     nullptr, "https://hooks.slack.com/services/T{A10}/B{A10}/{w24}", 0},
    {"secret/discord-token", "Discord bot token", "Discord", verified, assigned,
     "discord_token discord_bot_token discordtoken bot_token",
     "[A-Za-z0-9_-]{23,28}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,40}", 3.8, check_discord_token, "{@discord}"},
    {"secret/discord-client-secret", "Discord client secret", "Discord", contextual, assigned,
     "discord_client_secret discord_secret", "[0-9A-Za-z_-]{32}", 3.6, nullptr, "{s32}"},
    {"secret/discord-webhook", "Discord webhook", "Discord", structured, inside,
     "discord.com/api/webhooks/ discordapp.com/api/webhooks/",
     "discord(?:app)?\\.com/api/webhooks/([0-9]{17,20}/[0-9A-Za-z_-]{60,80})", 3.8, nullptr,
     "https://discord.com/api/webhooks/{d18}/{s68}", 0},
    {"secret/telegram-bot-token", "Telegram bot token", "Telegram", structured, inside, ":AAE :AAF :AAG :AAH",
     "[0-9]{8,10}:AA[EFGH][0-9A-Za-z_-]{32}", 3.6, nullptr, "{d10}:AAH{s32}", 10},
    {"secret/teams-webhook", "Microsoft Teams webhook", "Microsoft Teams", structured, inside,
     "webhook.office.com/webhookb2/",
     "webhook\\.office\\.com/webhookb2/([0-9a-f-]{36}@[0-9a-f-]{36}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36})", 3.0,
     nullptr, "https://x.webhook.office.com/webhookb2/{@uuid}@{@uuid}/IncomingWebhook/{x32}/{@uuid}", 0},
    {"secret/google-chat-webhook", "Google Chat webhook", "Google Chat", structured, inside,
     "chat.googleapis.com/v1/spaces/",
     "chat\\.googleapis\\.com/v1/spaces/[0-9A-Za-z_-]{8,20}/"
     "messages\\?key=[0-9A-Za-z_-]{20,50}&(?:amp;)?token=([0-9A-Za-z_%-]{30,60})",
     3.4, nullptr, "https://chat.googleapis.com/v1/spaces/{w11}/messages?key={s39}&token={s43}", 0},
    {"secret/lark-webhook", "Lark webhook", "Lark", structured, inside, "/open-apis/bot/v2/hook/",
     "/open-apis/bot/v2/hook/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", 2.8, nullptr,
     "https://open.feishu.cn/open-apis/bot/v2/hook/{@uuid}", 0},
    {"secret/dingtalk-webhook", "DingTalk webhook", "DingTalk", structured, inside, "dingtalk.com/robot/send?",
     "dingtalk\\.com/robot/send\\?access_token=([0-9a-f]{64})", 3.3, nullptr,
     "https://oapi.dingtalk.com/robot/send?access_token={x64}", 0},
    {"secret/wecom-webhook", "WeCom webhook", "WeCom", structured, inside, "/cgi-bin/webhook/send?key=",
     "/cgi-bin/webhook/send\\?key=([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", 2.8, nullptr,
     "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={@uuid}", 0},
    {"secret/line-secret", "LINE channel secret", "LINE", contextual, assigned, "line_channel_secret line_secret",
     "[0-9a-f]{32}", 3.0, nullptr, "{x32}"},
    {"secret/line-token", "LINE channel access token", "LINE", contextual, assigned, "line_channel_access_token",
     "[0-9A-Za-z+/]{150,180}=", 4.4, nullptr, "{b171}="},
    {"secret/mattermost-token", "Mattermost token", "your Mattermost server", contextual, assigned,
     "mattermost_token mattermost_access_token", "[0-9a-z]{26}", 3.4, nullptr, "{a26}"},
    {"secret/facebook-secret", "Facebook app secret", "Meta", contextual, assigned,
     "facebook_app_secret facebook_secret fb_app_secret facebook_client_secret", "[0-9a-f]{32}", 3.0, nullptr,
     "{x32}"},
    {"secret/facebook-token", "Facebook access token", "Meta", structured, assigned,
     "facebook_access_token fb_access_token whatsapp_token instagram_access_token", "EAA[0-9A-Za-z]{80,300}", 4.2,
     nullptr, "EAA{w180}"},
    {"secret/twitter-secret", "X (Twitter) API secret", "X", contextual, assigned,
     "twitter_api_secret twitter_consumer_secret twitter_api_key_secret", "[0-9A-Za-z]{50}", 4.0, nullptr, "{w50}"},
    {"secret/twitter-access-secret", "X (Twitter) access token secret", "X", contextual, assigned,
     "twitter_access_token_secret twitter_access_secret", "[0-9A-Za-z]{45}", 3.9, nullptr, "{w45}"},
    {"secret/twitter-bearer", "X (Twitter) bearer token", "X", structured, assigned, "twitter_bearer_token",
     "A{10,30}[0-9A-Za-z%]{60,120}", 3.8, nullptr, "AAAAAAAAAAAAAAAAAAAAA{w90}"},
    {"secret/linkedin-secret", "LinkedIn client secret", "LinkedIn", contextual, assigned, "linkedin_client_secret",
     "(?:WPL_AP1\\.)?[0-9A-Za-z]{16}(?:\\.[0-9A-Za-z+/=]{8})?", 3.0, nullptr, "{w16}"},
    {"secret/twitch-secret", "Twitch client secret", "Twitch", contextual, assigned,
     "twitch_client_secret twitch_oauth_token", "(?:oauth:)?[0-9a-z]{30}", 3.5, nullptr, "{a30}"},
    {"secret/zoom-secret", "Zoom client secret", "Zoom", contextual, assigned, "zoom_client_secret zoom_api_secret",
     "[0-9A-Za-z]{32,36}", 3.6, nullptr, "{w32}"},
    {"secret/webex-token", "Webex token", "Webex", structured, assigned,
     "webex_access_token webex_bot_token webex_teams_access_token", "[0-9A-Za-z]{64}_[0-9A-Za-z]{4}_[0-9a-f-]{36}",
     3.8, nullptr, "{w64}_PF84_{@uuid}"},
    {"secret/spotify-secret", "Spotify client secret", "Spotify", contextual, assigned,
     "spotify_client_secret spotipy_client_secret", "[0-9a-f]{32}", 3.0, nullptr, "{x32}"},
    {"secret/reddit-secret", "Reddit client secret", "Reddit", contextual, assigned, "reddit_client_secret",
     "[0-9A-Za-z_-]{27,30}", 3.5, nullptr, "{s27}"},
    {"secret/pusher-secret", "Pusher app secret", "Pusher", contextual, assigned, "pusher_app_secret pusher_secret",
     "[0-9a-f]{20}", 2.7, nullptr, "{x20}"},
    {"secret/stream-secret", "Stream API secret", "Stream", contextual, assigned, "stream_api_secret", "[0-9a-z]{64}",
     4.0, nullptr, "{a64}"},
};

}  // namespace

std::span<const Kind> chat_kinds() { return k_kinds; }

}  // namespace hullcheck::detect::secrets
