# remedy: termservice-restart
# for: termservice-hung termservice-stopped rdp-disabled
# where: server
# system: windows
# order: 20
# risk: outage
# title: restart the Remote Desktop service
# why: A service that accepts connections and answers nothing is freed by a restart. When it hangs while stopping, its process is ended,
#    but only when TermService is the only service in it.
# when: the port opens and the service never answers; events 7011 or 7022. Take a dump first when it comes back
# needs: an elevated PowerShell on the server, by another way than Remote Desktop
# saves: nothing, because no setting is changed
# reverts: nothing to put back, because a restart changes no setting
# restarts: TermService: seconds; live RDP users are cut off; their sessions stay and they can connect again
# source: ms-rds-issues ms-busy
#: setup
function Get-Own { Get-CimInstance Win32_Service -Filter "Name='TermService'" }
#: look
$own = Get-Own
$beside = @(Get-CimInstance Win32_Service -Filter "ProcessId=$($own.ProcessId)" | Where-Object { $own.ProcessId -ne 0 -and $_.Name -ne 'TermService' } | ForEach-Object { $_.Name })
"TermService is $($own.State), process $($own.ProcessId); beside it in that process: $($beside -join ' ')"
Complete-Run ok 'the service would be restarted'
#: apply
Assert-Admin
$own = Get-Own
$id = $own.ProcessId
try {
    if ($own.State -eq 'Stopped') { Start-Service -Name TermService } else { Restart-Service -Name TermService -Force -WarningAction SilentlyContinue }
} catch {
    $beside = @(Get-CimInstance Win32_Service -Filter "ProcessId=$id" | Where-Object { $_.Name -ne 'TermService' })
    if ($id -eq 0 -or $beside.Count -gt 0) { Stop-Run failed "it does not stop, and its process holds other services too: take termservice-own-process, then restart the machine ($($_.Exception.Message))" }
    Stop-Process -Id $id -Force
    Start-Service -Name TermService
}
Complete-Run ok 'the service is restarted'
#: verify
$own = Get-Own
if ($own.State -ne 'Running') { Stop-Run failed "TermService is $($own.State)" }
Complete-Run ok 'the service runs; look from outside with rdpwhy'
