# remedy: rdp-port
# for: port-taken port-moved
# where: server
# system: windows
# order: 30
# with: registry services
# asks: port | port | 3389 | the port the listener should have
# risk: outage
# title: set the listener's port
# why: The listener was moved, or another program sits on its port. Afterwards the firewall has to allow the chosen port
#    (rdp-firewall-rule), and clients have to use it. Moving the port protects from nothing.
# when: look shows another port than the one clients use, or a program that cannot be moved holds the port
# needs: an elevated PowerShell on the server, by another way than Remote Desktop
# saves: PortNumber, in ProgramData\rdpwhy\rdp-port
# reverts: undo writes the old port back and restarts the service
# restarts: TermService: seconds; live RDP users are cut off; their sessions stay
# source: ms-internal-vm ms-general
#: setup
$values = @(
    @{ Path = 'HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp'; Name = 'PortNumber'; Kind = 'DWord'; Want = [int]$ask_port }
)
function Show-Holder {
    foreach ($one in @(Get-NetTCPConnection -LocalPort ([int]$ask_port) -State Listen -ErrorAction SilentlyContinue)) {
        $services = @(Get-CimInstance Win32_Service -Filter "ProcessId=$($one.OwningProcess)" | ForEach-Object { $_.Name })
        "port ${ask_port} at $($one.LocalAddress): process $($one.OwningProcess) $((Get-Process -Id $one.OwningProcess).ProcessName) $($services -join ' ')"
    }
}
function Assert-Free {
    $service = Get-CimInstance Win32_Service -Filter "Name='TermService'"
    $others = @(Get-NetTCPConnection -LocalPort ([int]$ask_port) -State Listen -ErrorAction SilentlyContinue | Where-Object { $_.OwningProcess -ne $service.ProcessId })
    if ($others.Count -gt 0) { Stop-Run failed "another program holds port $ask_port; stop it first, or choose another port" }
}
#: look
Assert-Admin
Show-Holder
$wrong = @(Find-Wrong)
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do "the listener is set to port $ask_port" }
Complete-Run ok "the port would be set to $ask_port"
#: apply
Assert-Admin
Show-Holder
$wrong = @(Find-Wrong)
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do "the listener is set to port $ask_port" }
Assert-Free
New-Saved
Save-Manifest @{ Values = @(Get-Values) }
Set-Wanted $wrong
Restart-Rdp TermService
Complete-Run ok "the port is $ask_port; allow it in the firewall (rdp-firewall-rule)"
#: undo
Assert-Admin
$saved = Open-Saved
Restore-Values $saved.Values
Restart-Rdp TermService
Close-Saved
Complete-Run ok 'the old port is back'
#: verify
Show-Holder
if (@(Find-Wrong -Quiet).Count -gt 0) { Stop-Run failed 'the port is not set' }
if (@(Get-NetTCPConnection -LocalPort ([int]$ask_port) -State Listen -ErrorAction SilentlyContinue).Count -eq 0) { Stop-Run failed "nothing listens on port $ask_port" }
Complete-Run ok "port $ask_port listens"
