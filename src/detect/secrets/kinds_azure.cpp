// Microsoft Azure. Its newer keys carry a mark of four letters in a fixed place and a fixed last group.
#include "detect/secrets/checks.hpp"
#include "detect/secrets/kind.hpp"

namespace hullcheck::detect::secrets {
namespace {

using enum Strength;
using enum Form;

constexpr Kind k_kinds[] = {
    {"secret/azure-storage-key", "Azure storage account key", "Azure Storage", verified, inside,
     "AccountKey=", "AccountKey=([0-9A-Za-z/+]{86}==)", 4.2, check_base64_key, "AccountKey={@key64}", 0},
    {"secret/azure-storage-variable", "Azure storage account key", "Azure Storage", contextual, assigned,
     "azure_storage_key azure_storage_account_key azure_storage_access_key arm_access_key",
     "[0-9A-Za-z/+]{86}==", 4.2, check_base64_key, "{@key64}"},
    {"secret/azure-storage-marked-key", "Azure storage account key", "Azure Storage", structured, inside, "+ASt",
     "[0-9A-Za-z/+]{76}\\+ASt[0-9A-Za-z/+]{5}[AQgw]==", 4.2, check_base64_key, "{b76}+ASt{b5}Q==", 76},
    {"secret/azure-cosmos-key", "Azure Cosmos DB key", "Azure Cosmos DB", structured, inside, "ACDb",
     "[0-9A-Za-z/+]{76}ACDb[0-9A-Za-z/+]{5}[AQgw]==", 4.2, check_base64_key, "{b76}ACDb{b5}Q==", 76},
    {"secret/azure-batch-key", "Azure Batch key", "Azure Batch", structured, inside, "+ABa",
     "[0-9A-Za-z/+]{76}\\+ABa[0-9A-Za-z/+]{5}[AQgw]==", 4.2, check_base64_key, "{b76}+ABa{b5}Q==", 76},
    {"secret/azure-machine-learning-key", "Azure Machine Learning key", "Azure Machine Learning", structured, inside,
     "+AMC", "[0-9A-Za-z/+]{76}\\+AMC[0-9A-Za-z/+]{5}[AQgw]==", 4.2, check_base64_key, "{b76}+AMC{b5}Q==", 76},
    {"secret/azure-service-bus-key", "Azure Service Bus key", "Azure Service Bus", structured, inside, "+ASb",
     "[0-9A-Za-z/+]{33}\\+ASb[0-9A-Za-z/+]{5}[AEIMQUYcgkosw048]=", 3.8, check_base64_key, "{b33}+ASb{b5}Q=", 33},
    {"secret/azure-event-hub-key", "Azure Event Hubs key", "Azure Event Hubs", structured, inside, "+AEh",
     "[0-9A-Za-z/+]{33}\\+AEh[0-9A-Za-z/+]{5}[AEIMQUYcgkosw048]=", 3.8, check_base64_key, "{b33}+AEh{b5}Q=", 33},
    {"secret/azure-relay-key", "Azure Relay key", "Azure Relay", structured, inside, "+ARm",
     "[0-9A-Za-z/+]{33}\\+ARm[0-9A-Za-z/+]{5}[AEIMQUYcgkosw048]=", 3.8, check_base64_key, "{b33}+ARm{b5}Q=", 33},
    {"secret/azure-iot-hub-key", "Azure IoT Hub key", "Azure IoT Hub", structured, inside, "AIoT",
     "[0-9A-Za-z/+]{33}AIoT[0-9A-Za-z/+]{5}[AEIMQUYcgkosw048]=", 3.8, check_base64_key, "{b33}AIoT{b5}Q=", 33},
    {"secret/azure-event-grid-key", "Azure Event Grid key", "Azure Event Grid", structured, inside, "AZEG",
     "[0-9A-Za-z]{76}AZEG[0-9A-Za-z]{4}", 4.2, nullptr, "{w76}AZEG{w4}", 76},
    {"secret/azure-cache-key", "Azure Cache for Redis key", "Azure Cache", structured, inside, "AzCa",
     "[0-9A-Za-z]{33}AzCa[A-P][0-9A-Za-z]{5}=", 3.8, nullptr, "{w33}AzCaB{w5}=", 33},
    {"secret/azure-function-key", "Azure Functions key", "Azure Functions", structured, inside, "AzFu",
     "[0-9A-Za-z_-]{44}AzFu[0-9A-Za-z_-]{5}[AQgw]==", 3.9, nullptr, "{s44}AzFu{s5}Q==", 44},
    {"secret/azure-search-key", "Azure AI Search key", "Azure AI Search", structured, inside, "AzSe",
     "[0-9A-Za-z]{42}AzSe[A-D][0-9A-Za-z]{5}", 3.9, nullptr, "{w42}AzSeB{w5}", 42},
    {"secret/azure-registry-key", "Azure Container Registry password", "Azure Container Registry", structured, inside,
     "+ACR", "[0-9A-Za-z/+]{42}\\+ACR[A-D][0-9A-Za-z]{5}", 3.9, nullptr, "{b42}+ACRB{w5}", 42},
    {"secret/azure-annotated-key", "Azure service key", "the Azure service", structured, inside, "JQQJ99",
     "[0-9A-Za-z]{52}JQQJ99[0-9A-Za-z][A-L][0-9A-Za-z]{16}[A-Za-z][0-9A-Za-z]{7}", 4.2, nullptr,
     "{w52}JQQJ99BC{w16}A{w7}", 52},
    {"secret/azure-devops-token", "Azure DevOps personal access token", "Azure DevOps", structured, inside, "AZDO",
     "[0-9A-Za-z]{76}AZDO[0-9A-Za-z]{4}", 4.2, nullptr, "{w76}AZDO{w4}", 76},
    {"secret/azure-devops-legacy-token", "Azure DevOps personal access token", "Azure DevOps", contextual, assigned,
     "azure_devops_ext_pat azure_devops_pat azdo_personal_access_token vsts_token", "[a-z2-7]{52}", 3.9, nullptr,
     "{z52}"},
    {"secret/azure-client-secret", "Microsoft Entra client secret", "Microsoft Entra ID", structured, assigned,
     "azure_client_secret arm_client_secret clientsecret client_secret aad_client_secret",
     "[0-9A-Za-z_~.-]{3}[0-9]Q~[0-9A-Za-z_~.-]{31,34}", 3.8, nullptr, "{w3}8Q~{w34}"},
    {"secret/azure-signed-url", "Azure shared access signature", "Azure Storage", contextual, inside,
     "&sig=", "\\?s[a-z]=[^\\s\"'<>]{10,400}&sig=([0-9A-Za-z%/+]{43,60}(?:=|%3[Dd]))", 3.8, nullptr,
     "?sv=2024-11-04&ss=b&srt=sco&sp=rl&se=2030-01-01T00:00:00Z&sig={w43}%3D", 420},
    {"secret/azure-subscription-key", "Azure API subscription key", "Azure API Management", contextual, assigned,
     "ocp-apim-subscription-key azure_subscription_key", "[0-9a-f]{32}", 3.0, nullptr, "{x32}"},
    {"secret/azure-openai-key", "Azure OpenAI key", "Azure AI services", contextual, assigned,
     "azure_openai_api_key azure_openai_key", "[0-9a-f]{32}", 3.0, nullptr, "{x32}"},
    {"secret/azure-speech-key", "Azure AI services key", "Azure AI services", contextual, assigned,
     "azure_speech_key azure_cognitive_key azure_translator_key", "[0-9a-f]{32}", 3.0, nullptr, "{x32}"},
    {"secret/azure-communication-key", "Azure shared access key", "the Azure service", structured, inside,
     "SharedAccessKey=", "SharedAccessKey=([0-9A-Za-z/+]{43}=)", 3.8, check_base64_key, "SharedAccessKey={b42}Q=", 0},
};

}  // namespace

std::span<const Kind> azure_kinds() { return k_kinds; }

}  // namespace hullcheck::detect::secrets
