# rdpwhy collect client: what only the failing client knows. It changes nothing and writes no file.
# Paste all of it into PowerShell on the client (no administrator needed; it says what it could not read), and send
# back what it prints, from the first line with @ to the last.  Not yet run on Windows.
$Target = '' # the host you cannot reach, as you type it into the client
$Port = 3389
$Redact = $false # $true: names, users and addresses become tokens
& {
    #include parts/records.ps1
    Write-Output ('@RDPWHY-COLLECT=1|client')
    Out-Record 'made' @((Get-Date))
    Out-Record 'target' @((Hide $Target 'n'), $Port)
    Read-Part 'system' {
        $os = Get-CimInstance Win32_OperatingSystem
        $version = Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
        Out-Record 'build' @($os.Version, $version.UBR, $os.Caption)
        Out-Record 'mstsc' @((Get-Item ($env:SystemRoot + '\System32\mstsc.exe')).VersionInfo.ProductVersion)
    }
    Read-Part 'policy' {
        Out-Values 'credssp' 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\CredSSP\Parameters' @('AllowEncryptionOracle')
        Out-Values 'policy' 'HKLM:\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services\Client' @('fClientDisableUDP')
        Out-Values 'policy' 'HKLM:\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services' @('AuthenticationLevel', 'DisablePasswordSaving')
        Out-Values 'lsa' 'HKLM:\SYSTEM\CurrentControlSet\Control\Lsa' @('LmCompatibilityLevel', 'DisableRestrictedAdmin')
        Out-Values 'ntlm' 'HKLM:\SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0' @('RestrictSendingNTLMTraffic')
        Out-Values 'client' 'HKCU:\Software\Microsoft\Terminal Server Client' @('RDGClientTransport')
    }
    Read-Part 'proxy' {
        $item = Get-ItemProperty -LiteralPath 'HKCU:\Software\Microsoft\Windows\CurrentVersion\Internet Settings'
        Out-Record 'proxy' @('user', $item.PSObject.Properties['ProxyEnable'].Value, (Hide ([string] $item.PSObject.Properties['ProxyServer'].Value) 'n'), ($null -ne $item.PSObject.Properties['AutoConfigURL']))
        $winhttp = Get-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections' -ErrorAction SilentlyContinue
        if ($null -ne $winhttp -and $null -ne $winhttp.PSObject.Properties['WinHttpSettings']) { Out-Record 'proxy' @('winhttp', (@($winhttp.WinHttpSettings)[8] -band 2)) }
    }
    Read-Part 'filters' {
        Get-CimInstance -Namespace root/SecurityCenter2 -ClassName AntiVirusProduct -ErrorAction Stop | ForEach-Object { Out-Record 'product' @('antivirus', $_.displayName) }
        Get-CimInstance -Namespace root/SecurityCenter2 -ClassName FirewallProduct -ErrorAction Stop | ForEach-Object { Out-Record 'product' @('firewall', $_.displayName) }
        Get-ChildItem 'HKLM:\SYSTEM\CurrentControlSet\Services\WinSock2\Parameters\Protocol_Catalog9\Catalog_Entries64' -ErrorAction SilentlyContinue | ForEach-Object {
            $packed = $_.GetValue('PackedCatalogItem')
            if ($packed) { [Text.Encoding]::ASCII.GetString($packed, 0, 260).Split([char] 0)[0] }
        } | Where-Object { $_ -notmatch '\\(mswsock|wshbth|wshhyperv|vsocklib|napinsp|pnrpnsp|winrnr|nlaapi)\.dll$' } | Sort-Object -Unique | ForEach-Object { Out-Record 'winsock' @($_) }
    }
    Read-Part 'filter drivers' {
        Get-CimInstance Win32_SystemDriver -Filter "State='Running'" | Where-Object { $_.PathName -and $_.PathName -notmatch '\\Windows\\System32\\DriverStore\\' -and $_.Name -match 'wfp|tdi|ndislwf|netfilter|wdnis|bdnet|klwfp|epfwwfp|mfewfp|symnets|nordlwf|csagent|sgrmagent|wintun|tap|vpn' } |
            ForEach-Object { Out-Record 'driver' @($_.Name, $_.DisplayName) }
    }
    Read-Part 'adapters' {
        Get-NetAdapter | Where-Object { $_.Status -eq 'Up' } | ForEach-Object { Out-Record 'adapter' @($_.ifIndex, $_.InterfaceDescription, $_.MediaType, ($_.HardwareInterface -eq $true)) }
        Get-VpnConnection -ErrorAction SilentlyContinue | ForEach-Object { Out-Record 'vpn' @((Hide $_.Name 'n'), $_.ConnectionStatus, $_.TunnelType, $_.SplitTunneling) }
    }
    Read-Part 'suffixes' {
        (Get-DnsClientGlobalSetting).SuffixSearchList | ForEach-Object { Out-Record 'suffix' @((Hide $_ 'n')) }
        Get-DnsClientNrptRule -ErrorAction SilentlyContinue | ForEach-Object { Out-Record 'nrpt' @((Hide ([string] $_.Namespace) 'n'), (Hide ([string] $_.NameServers) 'a')) }
    }
    if ($Target) {
        Read-Part 'hosts' {
            Get-Content ($env:SystemRoot + '\System32\drivers\etc\hosts') | Where-Object { $_ -notmatch '^\s*#' -and $_ -match ('\s' + [regex]::Escape($Target) + '(\s|$)') } |
                ForEach-Object { Out-Record 'hosts' @((Hide (($_.Trim() -split '\s+')[0]) 'a')) }
        }
        Read-Part 'name' {
            try {
                [Net.Dns]::GetHostAddresses($Target) | ForEach-Object { Out-Record 'address' @((Hide $_.IPAddressToString 'a')) }
            } catch [Net.Sockets.SocketException] { Out-Record 'noaddress' @($_.Exception.SocketErrorCode) }
            $servers = @(Get-DnsClientServerAddress | Where-Object { $_.ServerAddresses } | ForEach-Object { $_.ServerAddresses } | Where-Object { $_ -notmatch '^fec0:' } | Select-Object -Unique -First 6)
            foreach ($server in $servers) {
                try {
                    $answer = @(Resolve-DnsName -Name $Target -Server $server -DnsOnly -QuickTimeout -ErrorAction Stop | Where-Object { $_.PSObject.Properties['IPAddress'] } | ForEach-Object { Hide $_.IPAddress 'a' })
                    Out-Record 'resolver' (@((Hide $server 'a'), 'ok') + $answer)
                } catch { Out-Record 'resolver' @((Hide $server 'a'), ([string] $_.FullyQualifiedErrorId).Split(',')[0]) }
            }
        }
        Read-Part 'route' {
            $first = @([Net.Dns]::GetHostAddresses($Target))[0].IPAddressToString
            $route = @(Find-NetRoute -RemoteIPAddress $first)
            Out-Record 'route' @((Hide $route[0].IPAddress 'a'), (Hide ([string] $route[1].InterfaceAlias) 'n'), (Hide ([string] $route[1].NextHop) 'a'), $route[1].DestinationPrefix.EndsWith('/0'), $route[1].ifIndex)
            Out-Record 'mtu' @((Get-NetIPInterface -InterfaceIndex $route[1].ifIndex | Select-Object -First 1).NlMtu)
        }
        Read-Part 'connect' {
            $test = Test-NetConnection -ComputerName $Target -Port $Port -WarningAction SilentlyContinue
            Out-Record 'connect' @((Hide ([string] $test.RemoteAddress) 'a'), $Port, $test.TcpTestSucceeded, $test.PingSucceeded)
        }
    }
    try {
        Get-WinEvent -FilterHashtable @{ LogName = 'Microsoft-Windows-TerminalServices-RDPClient/Operational'; Id = 1024, 1025, 1026, 1027, 1102, 1103, 226, 1029; StartTime = (Get-Date).AddDays(-7) } -MaxEvents 300 -ErrorAction Stop |
            Where-Object { 1026, 226 -contains $_.Id } | Select-Object -First 12 | ForEach-Object {
                Out-Record 'event' (@('RDPClient', $_.Id, 1, $_.TimeCreated) + @($_.Properties | Select-Object -First 4 | ForEach-Object { [string] $_.Value } | Where-Object { -not $Redact -or $_ -match '^(0x)?[0-9A-Fa-f]{1,8}$' }))
            }
    } catch {
        if ($_.FullyQualifiedErrorId -notmatch 'NoMatchingEventsFound') { Out-Record 'unread' @('events RDPClient', $_.Exception.GetType().Name) }
    }
    Write-Output ('@END=1|client|' + $script:Lines + '|' + $script:Sum)
}
