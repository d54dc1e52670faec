// Mail, text messages and push.
#include "detect/secrets/checks.hpp"
#include "detect/secrets/kind.hpp"

namespace hullcheck::detect::secrets {
namespace {

using enum Strength;
using enum Form;

constexpr Kind k_kinds[] = {
    {"secret/sendgrid-key", "SendGrid API key", "SendGrid", structured, inside,
     "'SG. \"SG. =SG. :SG. `SG. \tSG. \nSG. /SG.", "['\"=:`\\s/](SG\\.[0-9A-Za-z_-]{22}\\.[0-9A-Za-z_-]{43})", 4.2,
     nullptr, "\"SG.{s22}.{s43}\"", 0},
    {"secret/mailgun-key", "Mailgun API key", "Mailgun", contextual, assigned,
     "mailgun_api_key mailgun_key mailgun_apikey mg_api_key", "(?:key-)?[0-9a-f]{32}(?:-[0-9a-f]{8}-[0-9a-f]{8})?",
     3.0, nullptr, "key-{x32}"},
    {"secret/mailchimp-key", "Mailchimp API key", "Mailchimp", structured, inside, "-us1 -us2 -us3 -us4",
     "[0-9a-f]{32}-us[0-9]{1,2}", 3.0, nullptr, "{x32}-us12", 32},
    {"secret/mandrill-key", "Mandrill API key", "Mandrill", contextual, assigned, "mandrill_api_key mandrill_apikey",
     "(?:md-)?[0-9A-Za-z_-]{22}", 3.4, nullptr, "{s22}"},
    {"secret/brevo-key", "Brevo API key", "Brevo", structured, token, "xkeysib-",
     "xkeysib-[0-9a-f]{64}-[0-9A-Za-z]{16}", 3.5, nullptr, "xkeysib-{x64}-{w16}"},
    {"secret/brevo-smtp-key", "Brevo SMTP key", "Brevo", structured, token, "xsmtpsib-",
     "xsmtpsib-[0-9a-f]{64}-[0-9A-Za-z]{16}", 3.5, nullptr, "xsmtpsib-{x64}-{w16}"},
    {"secret/postmark-token", "Postmark token", "Postmark", contextual, assigned,
     "postmark_api_token postmark_server_token postmark_api_key x-postmark-server-token", k_uuid, 2.8, nullptr,
     "{@uuid}"},
    {"secret/sparkpost-key", "SparkPost API key", "SparkPost", contextual, assigned, "sparkpost_api_key",
     "[0-9a-f]{40}", 3.2, nullptr, "{x40}"},
    {"secret/mailjet-secret", "Mailjet secret key", "Mailjet", contextual, assigned,
     "mj_apikey_private mailjet_secret_key mailjet_api_secret", "[0-9a-f]{32}", 3.0, nullptr, "{x32}"},
    {"secret/resend-key", "Resend API key", "Resend", structured, assigned, "resend_api_key resend_key",
     "re_[0-9A-Za-z]{8}_[0-9A-Za-z]{24}", 3.6, nullptr, "re_{w8}_{w24}"},
    {"secret/mailersend-token", "MailerSend token", "MailerSend", structured, assigned,
     "mailersend_api_key mailersend_api_token", "mlsn\\.[0-9a-f]{64}", 3.3, nullptr, "mlsn.{x64}"},
    {"secret/elastic-mail-key", "Elastic Email API key", "Elastic Email", contextual, assigned,
     "elasticemail_api_key elastic_email_api_key", "[0-9A-F]{96}", 3.3, nullptr, "{X96}"},
    {"secret/mailtrap-token", "Mailtrap token", "Mailtrap", contextual, assigned, "mailtrap_api_token mailtrap_token",
     "[0-9a-f]{32}", 3.0, nullptr, "{x32}"},
    {"secret/twilio-auth-token", "Twilio auth token", "Twilio", contextual, assigned,
     "twilio_auth_token twilio_token twilio_authtoken", "[0-9a-f]{32}", 3.0, nullptr, "{x32}"},
    {"secret/twilio-api-secret", "Twilio API key secret", "Twilio", contextual, assigned,
     "twilio_api_secret twilio_api_key_secret twilio_secret", "[0-9A-Za-z]{32}", 3.6, nullptr, "{w32}"},
    {"secret/vonage-secret", "Vonage API secret", "Vonage", contextual, assigned,
     "vonage_api_secret nexmo_api_secret", "[0-9A-Za-z]{16}", 3.0, nullptr, "{w16}"},
    {"secret/plivo-token", "Plivo auth token", "Plivo", contextual, assigned, "plivo_auth_token", "[0-9A-Za-z]{40}",
     3.8, nullptr, "{w40}"},
    {"secret/messagebird-key", "MessageBird access key", "MessageBird", contextual, assigned,
     "messagebird_api_key messagebird_access_key", "[0-9A-Za-z]{25}", 3.4, nullptr, "{w25}"},
    {"secret/telnyx-key", "Telnyx API key", "Telnyx", structured, assigned, "telnyx_api_key",
     "KEY[0-9A-F]{32}_[0-9A-Za-z]{22}", 3.6, nullptr, "KEY{X32}_{w22}"},
    {"secret/onesignal-key", "OneSignal REST key", "OneSignal", contextual, assigned,
     "onesignal_api_key onesignal_rest_api_key onesignal_app_auth_key",
     "(?:os_v2_app_[a-z0-9]{90,110}|[0-9A-Za-z]{48}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})",
     2.8, nullptr, "{w48}"},
    {"secret/customerio-key", "Customer.io API key", "Customer.io", contextual, assigned,
     "customerio_api_key customer_io_api_key", "[0-9a-f]{20,32}", 2.7, nullptr, "{x32}"},
    {"secret/klaviyo-key", "Klaviyo private API key", "Klaviyo", structured, assigned,
     "klaviyo_api_key klaviyo_private_key", "pk_[0-9a-f]{34}", 3.0, nullptr, "pk_{x34}"},
    {"secret/smtp-password", "Mail server password", "the mail server", contextual, assigned,
     "smtp_password mail_password email_host_password smtp_pass", "[0-9A-Za-z!@#%^*()_+=.~/-]{10,80}", 3.2, nullptr,
     "{w16}"},
};

}  // namespace

std::span<const Kind> mail_kinds() { return k_kinds; }

}  // namespace hullcheck::detect::secrets
