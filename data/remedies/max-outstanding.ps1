# remedy: max-outstanding
# for: listener-overload
# where: server
# system: windows
# order: 50
# with: registry
# asks: limit | number | 10000 | how many connections may be pending (10000 is the number field reports used)
# risk: low
# title: let more half-done connections wait
# why: Past MaxOutstandingConnections the listener stops listening for a while. Raising it helps busy session hosts; it also lets a flood
#    take more. The often quoted 65536 is probably the field's 10000 read as hexadecimal; 65536 is not needed.
# when: event 1006 or 259, or a Confirm delay that rdpwhy measured to grow with the number of connections; and the flood is stopped first
# needs: an elevated PowerShell on the server; a restart of the machine afterwards
# saves: the value, in ProgramData\rdpwhy\max-outstanding
# reverts: undo writes the old value back, or removes it when there was none
# restarts: nothing by itself; the value counts after a restart of the machine, which you do when it suits
# unconfirmed: the default on Server 2016 to 2025, and whether restarting TermService is enough
# source: kb954398 ms-brute-force
#: setup
$values = @(
    @{ Path = 'HKLM:\SYSTEM\CurrentControlSet\Control\Terminal Server'; Name = 'MaxOutstandingConnections'; Kind = 'DWord'; Want = [int]$ask_limit; Least = [int]$ask_limit }
)
# Without the sign in the log this is not the repair.
function Show-Signs {
    $log = @{ LogName = 'System'; Id = 1006; StartTime = (Get-Date).AddDays(-7) }
    $found = @(Get-WinEvent -FilterHashtable $log -MaxEvents 50 -ErrorAction SilentlyContinue | Where-Object { $_.ProviderName -like '*TerminalServices*' -or $_.ProviderName -like 'TermService*' })
    $log = @{ LogName = 'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational'; Id = 259; StartTime = (Get-Date).AddDays(-7) }
    $found += @(Get-WinEvent -FilterHashtable $log -MaxEvents 50 -ErrorAction SilentlyContinue)
    "events 1006 and 259 in the last 7 days: $($found.Count); without them, only a measured delay is a reason for this repair"
}
function Assert-Limit { if ([int]$ask_limit -lt 50 -or [int]$ask_limit -gt 10000) { Stop-Run failed 'choose a number from 50 to 10000' } }
#: look
Assert-Admin
Assert-Limit
Show-Signs
if (@(Find-Wrong).Count -eq 0) { Stop-Run nothing-to-do 'the limit is already as high' }
Complete-Run ok "the limit would be $ask_limit"
#: apply
Assert-Admin
Assert-Limit
Show-Signs
$wrong = @(Find-Wrong)
if ($wrong.Count -eq 0) { Stop-Run nothing-to-do 'the limit is already as high' }
New-Saved
Save-Manifest @{ Values = @(Get-Values) }
Set-Wanted $wrong
Complete-Run ok "the limit is $ask_limit; it counts after a restart of the machine"
#: undo
Assert-Admin
$saved = Open-Saved
Restore-Values $saved.Values
Close-Saved
Complete-Run ok 'the limit is as it was; it counts after a restart of the machine'
#: verify
if (@(Find-Wrong -Quiet).Count -gt 0) { Stop-Run failed 'the value is not set' }
Complete-Run ok 'the value is set'
