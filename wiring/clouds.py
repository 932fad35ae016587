"""The addresses of the Azure clouds.

Source: `az cloud list`; azure-core's `AzureClouds`.
"""

RESOURCE_MANAGERS = {
    "AzureCloud": "https://management.azure.com",
    "AzureChinaCloud": "https://management.chinacloudapi.cn",
    "AzureUSGovernment": "https://management.usgovcloudapi.net",
}
