# remedy: audio-restart
# for: audio-block
# where: server
# system: windows
# order: 10
# risk: low
# title: restart the sound service of the server
# why: Opening the sound device can hold the session start up for a minute. A restart frees it. When it comes back, connect without sound
#    (Remote audio: do not play); Microsoft's own cure is to disable Windows Audio on the server.
# when: the connection hangs for up to a minute and works at the second try
# needs: an elevated PowerShell on the server
# saves: nothing, because no setting is changed
# reverts: nothing to put back, because a restart changes no setting
# restarts: the sound of everybody who is logged on there, for seconds
# unconfirmed: that a restart is enough (Microsoft's page disables the service)
# source: ms-internal
#: look
$state = [string](Get-Service -Name Audiosrv).Status
if ($state -ne 'Running') { Stop-Run nothing-to-do "Windows Audio is $state and holds nothing up" }
Complete-Run ok 'Windows Audio would be restarted'
#: apply
Assert-Admin
if ([string](Get-Service -Name Audiosrv).Status -ne 'Running') { Stop-Run nothing-to-do 'Windows Audio does not run and holds nothing up' }
Restart-Service -Name Audiosrv -Force -WarningAction SilentlyContinue
Complete-Run ok 'Windows Audio is restarted'
#: verify
if ([string](Get-Service -Name Audiosrv).Status -ne 'Running') { Stop-Run failed 'Windows Audio does not run' }
Complete-Run ok 'Windows Audio runs; connect again'
