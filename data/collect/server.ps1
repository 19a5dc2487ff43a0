# rdpwhy collect server: what the wire cannot show of an RDP server. It changes nothing and writes no file.
# Paste all of it into PowerShell on the server, as administrator if you can (it says what it could not read),
# and send back what it prints, from the first line with @ to the last.  Not yet run on Windows.
$Redact = $false # $true: names, users, addresses and fingerprints become tokens
& {
    #include parts/records.ps1
    Write-Output ('@RDPWHY-COLLECT=1|server')
    $ts = 'HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server'
    $policy = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services'
    $admin = ([Security.Principal.WindowsPrincipal] [Security.Principal.WindowsIdentity]::GetCurrent()).IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
    Read-Part 'system' {
        $os = Get-CimInstance Win32_OperatingSystem
        $version = Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
        Out-Record 'build' @($os.Version, $version.UBR, $os.Caption)
        Out-Record 'boot' @($os.LastBootUpTime)
        Out-Record 'memory' @($os.FreePhysicalMemory, $os.TotalVisibleMemorySize)
        $disk = Get-CimInstance Win32_LogicalDisk -Filter ("DeviceID='" + $env:SystemDrive + "'")
        Out-Record 'disk' @($disk.FreeSpace, $disk.Size)
    }
    Read-Part 'updates' {
        Get-HotFix | Where-Object { $_.InstalledOn } | Sort-Object InstalledOn -Descending | Select-Object -First 3 |
            ForEach-Object { Out-Record 'update' @($_.HotFixID, $_.InstalledOn) }
    }
    Read-Part 'schannel' {
        foreach ($version in 'TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3') {
            $item = Get-ItemProperty -LiteralPath ('HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\' + $version + '\Server') -ErrorAction SilentlyContinue
            if ($null -ne $item) { Out-Record 'schannel' @($version, $item.PSObject.Properties['Enabled'].Value, $item.PSObject.Properties['DisabledByDefault'].Value) }
        }
        $suites = Get-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002' -ErrorAction SilentlyContinue
        if ($null -ne $suites -and $null -ne $suites.PSObject.Properties['Functions']) { Out-Record 'suites' @((@($suites.Functions) -join ',').Split(',').Count) }
    }
    Read-Part 'firewall' {
        Get-NetFirewallRule -Group '@FirewallAPI.dll,-28752' | ForEach-Object { Out-Record 'firewall' @($_.Name, ([string] $_.Enabled -eq 'True'), $_.Profile, $_.Action) }
        Get-NetConnectionProfile | ForEach-Object { Out-Record 'network' @($_.InterfaceIndex, $_.NetworkCategory) }
    }
    Read-Part 'services' {
        foreach ($name in 'TermService', 'SessionEnv', 'UmRdpService', 'CertPropSvc', 'KeyIso', 'CryptSvc', 'Netlogon') {
            $service = Get-Service -Name $name -ErrorAction SilentlyContinue
            if ($null -ne $service) { Out-Record 'service' @($name, $service.Status, $service.StartType) }
        }
    }
    Read-Part 'listener' {
        Out-Values 'ts' $ts @('fDenyTSConnections', 'TSEnabled', 'fSingleSessionPerUser', 'MaxOutstandingConnections', 'TSServerDrainMode', 'TSUserEnabled')
        Out-Values 'listener' ($ts + '\WinStations\RDP-Tcp') @('PortNumber', 'SecurityLayer', 'UserAuthentication', 'MinEncryptionLevel', 'fEnableWinStation', 'fLogonDisabled', 'MaxInstanceCount', 'MaxIdleTime', 'MaxConnectionTime', 'MaxDisconnectionTime', 'LanAdapter', 'SelfSignedCertStore')
        Out-Values 'policy' $policy @('fDenyTSConnections', 'SecurityLayer', 'UserAuthentication', 'MinEncryptionLevel', 'MaxInstanceCount', 'MaxIdleTime', 'MaxConnectionTime', 'MaxDisconnectionTime', 'SelectTransport', 'fEnableWddmDriver', 'KeepAliveEnable', 'KeepAliveInterval')
    }
    Read-Part 'port' {
        $port = (Get-ItemProperty -LiteralPath ($ts + '\WinStations\RDP-Tcp')).PortNumber
        $all = @(Get-NetTCPConnection -LocalPort $port -ErrorAction SilentlyContinue)
        $listening = @($all | Where-Object { $_.State -eq 'Listen' })
        Out-Record 'port' @($port, $listening.Count, ($all.Count - $listening.Count))
        $listening | Select-Object -Property OwningProcess -Unique | ForEach-Object {
            $process = Get-Process -Id $_.OwningProcess -ErrorAction SilentlyContinue
            Out-Record 'holder' @($port, $process.ProcessName)
        }
    }
    Read-Part 'key' {
        Get-ChildItem -LiteralPath ($env:ProgramData + '\Microsoft\Crypto\RSA\MachineKeys') -Filter 'f686aace6942fb7f7ceb231212eef4a4_*' -Force -ErrorAction Stop | ForEach-Object {
            $rules = (Get-Acl -LiteralPath $_.FullName).GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier])
            $rights = @($rules | Where-Object { $_.IdentityReference.Value -match '^S-1-(1-0|5-18|5-20|5-32-544)$' } |
                ForEach-Object { $_.IdentityReference.Value + ':' + $_.AccessControlType + ':' + ([string] $_.FileSystemRights).Split(',')[0] })
            Out-Record 'key' (@($_.LastWriteTime, $rights.Count) + $rights)
        }
    }
    Read-Part 'certificate' {
        $bound = Get-CimInstance -Namespace root/cimv2/TerminalServices -ClassName Win32_TSGeneralSetting -Filter "TerminalName='RDP-Tcp'"
        Out-Record 'bound' @((Hide $bound.SSLCertificateSHA1Hash 'h'), $bound.SSLCertificateSHA1HashType)
        foreach ($store in 'Remote Desktop', 'My') {
            Get-ChildItem -LiteralPath ('Cert:\LocalMachine\' + $store) -ErrorAction SilentlyContinue | Where-Object { $store -ne 'My' -or $_.Thumbprint -eq $bound.SSLCertificateSHA1Hash } |
                ForEach-Object { Out-Record 'certificate' @($store, (Hide $_.Thumbprint 'h'), (Hide $_.Subject 'n'), $_.NotBefore, $_.NotAfter, $_.HasPrivateKey) }
        }
    }
    $wanted = @(
        @('System', 'TermDD', 50, 56),
        @('System', 'Schannel', 36870, 36871, 36872, 36873, 36874, 36885, 36886, 36887, 36888),
        @('System', 'Microsoft-Windows-TerminalServices-RemoteConnectionManager', 1006, 1011, 1012, 1035, 1036, 1041, 1050, 1051, 1052, 1053, 1054, 1055, 1056, 1057, 1058, 1059, 1062, 1064, 1068, 1069),
        @('System', 'Service Control Manager', 7000, 7009, 7011, 7022, 7023, 7031, 7034),
        @('System', 'NETLOGON', 3210, 5719),
        @('System', 'Microsoft-Windows-Resource-Exhaustion-Detector', 2004),
        @('Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational', '', 258, 259, 261, 1149, 1158),
        @('Microsoft-Windows-TerminalServices-LocalSessionManager/Operational', '', 21, 24, 25, 36, 37, 39, 40),
        @('Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational', '', 131, 139, 140, 142, 143, 147, 149, 226, 228),
        @('Security', '', 4625, 4825)
    )
    $since = (Get-Date).AddDays(-7)
    foreach ($want in $wanted) {
        $log = $want[0]
        $provider = $want[1]
        $ids = @($want[2..($want.Count - 1)])
        try {
            $filter = @{ LogName = $log; StartTime = $since }
            if ($provider) { $filter['ProviderName'] = $provider }
            if ($ids.Count -le 10) { $filter['Id'] = $ids }
            Get-WinEvent -FilterHashtable $filter -MaxEvents 2000 -ErrorAction Stop | Where-Object { $ids -contains $_.Id } | Group-Object Id | ForEach-Object {
                $last = $_.Group | Sort-Object TimeCreated -Descending | Select-Object -First 1
                $details = @($last.Properties | Select-Object -First 6 | ForEach-Object { [string] $_.Value } | Where-Object { $_ -and (-not $Redact -or $_ -match '^(0x)?[0-9A-Fa-f]{1,8}$') } | Select-Object -First 3 | ForEach-Object { if ($_.Length -gt 40) { $_.Substring(0, 40) } else { $_ } })
                Out-Record 'event' (@($log.Split('/')[0].Replace('Microsoft-Windows-', ''), $last.Id, $_.Count, $last.TimeCreated) + $details)
            }
        } catch {
            if ($_.FullyQualifiedErrorId -notmatch 'NoMatchingEventsFound|NoMatchingProvidersFound|NoMatchingLogsFound') { Out-Record 'unread' @(('events ' + $log + ' ' + $provider), $_.Exception.GetType().Name) }
        }
    }
    # Last, because Azure's Run Command keeps the last 4 kB.
    Out-Record 'made' @((Get-Date))
    Out-Record 'admin' @($admin)
    Out-Record 'host' @((Hide $env:COMPUTERNAME 'n'))
    Write-Output ('@END=1|server|' + $script:Lines + '|' + $script:Sum)
}
