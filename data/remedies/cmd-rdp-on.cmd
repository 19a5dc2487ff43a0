# remedy: cmd-rdp-on
# for: rdp-disabled
# where: server
# system: windows
# order: 15
# risk: low
# title: switch Remote Desktop on, without PowerShell
# why: The same as rdp-on, as plain lines for the Serial Console or a machine without PowerShell: fDenyTSConnections and the
#    listener's fEnableWinStation and fLogonDisabled.
# when: look shows 0x1, 0x0, 0x1 or one of them; a policy would win and has to be changed where it is made
# needs: an elevated command prompt, or cmd in the Serial Console
# saves: key.reg and a note of what did not exist, in the Windows folder, rdpwhy\cmd-rdp-on
# reverts: undo imports the saved key and removes what did not exist
# restarts: nothing; Microsoft's page restarts the machine afterwards
# source: ms-vm-general
#: look
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server" /v fDenyTSConnections
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fEnableWinStation
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fLogonDisabled
if defined rdpwhy_go set "rdpwhy_result=ok: looked; nothing was changed"
#: apply
if exist "%rdpwhy_state%\saved.txt" if defined rdpwhy_go set "rdpwhy_result=nothing-to-do: it was applied here; undo it before applying it again"
if exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go if not exist "%rdpwhy_state%" md "%rdpwhy_state%"
if defined rdpwhy_go reg export "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server" "%rdpwhy_state%\key.reg" /y >nul || set "rdpwhy_go="
if exist "%rdpwhy_state%\fDenyTSConnections.absent" if defined rdpwhy_go del "%rdpwhy_state%\fDenyTSConnections.absent"
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server" /v fDenyTSConnections >nul 2>nul || echo absent >"%rdpwhy_state%\fDenyTSConnections.absent"
if exist "%rdpwhy_state%\fEnableWinStation.absent" if defined rdpwhy_go del "%rdpwhy_state%\fEnableWinStation.absent"
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fEnableWinStation >nul 2>nul || echo absent >"%rdpwhy_state%\fEnableWinStation.absent"
if exist "%rdpwhy_state%\fLogonDisabled.absent" if defined rdpwhy_go del "%rdpwhy_state%\fLogonDisabled.absent"
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fLogonDisabled >nul 2>nul || echo absent >"%rdpwhy_state%\fLogonDisabled.absent"
if defined rdpwhy_go echo saved >"%rdpwhy_state%\saved.txt"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server" /v fDenyTSConnections /t REG_DWORD /d 0 /f >nul || set "rdpwhy_go="
if defined rdpwhy_go reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fEnableWinStation /t REG_DWORD /d 1 /f >nul || set "rdpwhy_go="
if defined rdpwhy_go reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fLogonDisabled /t REG_DWORD /d 0 /f >nul || set "rdpwhy_go="
#: undo
if defined rdpwhy_go if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_result=nothing-to-do: no saved state of this repair here, or already undone"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go reg import "%rdpwhy_state%\key.reg" >nul 2>nul || set "rdpwhy_go="
if exist "%rdpwhy_state%\fDenyTSConnections.absent" if defined rdpwhy_go reg delete "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server" /v fDenyTSConnections /f >nul
if exist "%rdpwhy_state%\fEnableWinStation.absent" if defined rdpwhy_go reg delete "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fEnableWinStation /f >nul
if exist "%rdpwhy_state%\fLogonDisabled.absent" if defined rdpwhy_go reg delete "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fLogonDisabled /f >nul
if defined rdpwhy_go move /y "%rdpwhy_state%\saved.txt" "%rdpwhy_state%\undone.txt" >nul
if defined rdpwhy_go set "rdpwhy_result=ok: the values are as they were"
#: verify
set "rdpwhy_right=1"
reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server" /v fDenyTSConnections 2>nul | find "0x0" >nul || set "rdpwhy_right="
reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fEnableWinStation 2>nul | find "0x1" >nul || set "rdpwhy_right="
reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fLogonDisabled 2>nul | find "0x0" >nul || set "rdpwhy_right="
if defined rdpwhy_go if defined rdpwhy_right set "rdpwhy_result=ok: Remote Desktop is on; the firewall is a matter of its own"
if defined rdpwhy_go if not defined rdpwhy_right set "rdpwhy_result=failed: the values are not as they should be"
