# remedy: portproxy-remove
# for: forward-dead-backend
# where: server
# system: windows
# order: 20
# asks: address | ip | 0.0.0.0 | the address the forward listens on
# asks: port | port | 3389 | the port it listens on
# risk: low
# title: take a dead port forward of Windows away
# why: netsh interface portproxy accepts every connection itself, also when nobody is behind it, and it sits in front of the real listener.
# when: look lists a forward on the RDP port whose target does not answer
# needs: an elevated PowerShell on the machine that forwards
# saves: the forward's target, in ProgramData\rdpwhy\portproxy-remove
# reverts: undo adds the forward again
# restarts: nothing; connections through that forward end
# source: ms-portproxy dockur-345
#: setup
$key = 'HKLM:\SYSTEM\CurrentControlSet\Services\PortProxy\v4tov4\tcp'
# The registry, not netsh's words, which are translated: the name is "address/port", the value the target likewise.
function Get-Forwards {
    if (-not (Test-Path -LiteralPath $key)) { return }
    $item = Get-Item -LiteralPath $key
    foreach ($name in $item.GetValueNames()) { @{ Listen = $name; Target = [string]$item.GetValue($name) } }
}
function Get-One {
    $one = @(Get-Forwards | Where-Object { $_.Listen -eq "$ask_address/$ask_port" -or ($ask_address -eq '0.0.0.0' -and $_.Listen -eq "*/$ask_port") })
    if ($one.Count -eq 0) { Stop-Run nothing-to-do "there is no forward at $ask_address port $ask_port" }
    $one[0]
}
#: look
foreach ($one in Get-Forwards) { "forward $($one.Listen) to $($one.Target)" }
$one = Get-One
Complete-Run ok "the forward to $($one.Target) would be removed"
#: apply
Assert-Admin
$one = Get-One
$listen = $one.Listen -split '/'
New-Saved
Save-Manifest @{ Listen = $one.Listen; Target = $one.Target }
Invoke-Tool netsh.exe @('interface', 'portproxy', 'delete', 'v4tov4', "listenport=$($listen[1])", "listenaddress=$($listen[0])") | Out-Null
Complete-Run ok "the forward to $($one.Target) is gone"
#: undo
Assert-Admin
$saved = Open-Saved
if ("$($saved.Listen) $($saved.Target)" -notmatch '^[0-9.*]+/[0-9]+ [A-Za-z0-9.-]+/[0-9]+$') { Stop-Run failed 'the saved state is not one of this repair' }
$listen = $saved.Listen -split '/'
if (@(Get-Forwards | Where-Object { $_.Listen -eq $saved.Listen }).Count -gt 0) {
    Skip-Changed "the forward at $($saved.Listen)"
    Close-Saved
    Complete-Run ok 'another forward stands there now'
    return
}
$target = $saved.Target -split '/'
Invoke-Tool netsh.exe @('interface', 'portproxy', 'add', 'v4tov4', "listenport=$($listen[1])", "listenaddress=$($listen[0])", "connectport=$($target[1])", "connectaddress=$($target[0])") | Out-Null
Close-Saved
Complete-Run ok "the forward to $($saved.Target) is back"
#: verify
if (@(Get-Forwards | Where-Object { $_.Listen -eq "$ask_address/$ask_port" }).Count -gt 0) { Stop-Run failed 'the forward is still there' }
Complete-Run ok 'no forward of Windows stands there; look from outside with rdpwhy'
