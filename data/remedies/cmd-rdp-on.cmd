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
# saves: a note of each value that it changes, in the Windows folder, rdpwhy\cmd-rdp-on
# reverts: undo puts back the values it changed, each only if nobody changed it since
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
if defined rdpwhy_go del /q "%rdpwhy_state%\*.was" >nul 2>nul
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server" /v fDenyTSConnections 2>nul | find "0x1" >nul && echo 1 >"%rdpwhy_state%\fDenyTSConnections.1.was"
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server" /v fDenyTSConnections 2>nul >nul || echo absent >"%rdpwhy_state%\fDenyTSConnections.absent.was"
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fEnableWinStation 2>nul | find "0x0" >nul && echo 0 >"%rdpwhy_state%\fEnableWinStation.0.was"
if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fLogonDisabled 2>nul | find "0x1" >nul && echo 1 >"%rdpwhy_state%\fLogonDisabled.1.was"
if defined rdpwhy_go if not exist "%rdpwhy_state%\*.was" set "rdpwhy_result=nothing-to-do: the values are as they should be"
if not exist "%rdpwhy_state%\*.was" set "rdpwhy_go="
if defined rdpwhy_go echo saved >"%rdpwhy_state%\saved.txt"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if exist "%rdpwhy_state%\fDenyTSConnections.*.was" if defined rdpwhy_go reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server" /v fDenyTSConnections /t REG_DWORD /d 0 /f >nul || set "rdpwhy_go="
if exist "%rdpwhy_state%\fEnableWinStation.*.was" if defined rdpwhy_go reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fEnableWinStation /t REG_DWORD /d 1 /f >nul || set "rdpwhy_go="
if exist "%rdpwhy_state%\fLogonDisabled.*.was" if defined rdpwhy_go reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fLogonDisabled /t REG_DWORD /d 0 /f >nul || set "rdpwhy_go="
#: undo
if defined rdpwhy_go if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_result=nothing-to-do: no saved state of this repair here, or already undone"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if exist "%rdpwhy_state%\fDenyTSConnections.1.was" if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server" /v fDenyTSConnections 2>nul | find "0x0" >nul && reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server" /v fDenyTSConnections /t REG_DWORD /d 1 /f >nul
if exist "%rdpwhy_state%\fDenyTSConnections.absent.was" if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server" /v fDenyTSConnections 2>nul | find "0x0" >nul && reg delete "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server" /v fDenyTSConnections /f >nul
if exist "%rdpwhy_state%\fEnableWinStation.0.was" if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fEnableWinStation 2>nul | find "0x1" >nul && reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fEnableWinStation /t REG_DWORD /d 0 /f >nul
if exist "%rdpwhy_state%\fLogonDisabled.1.was" if defined rdpwhy_go reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fLogonDisabled 2>nul | find "0x0" >nul && reg add "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fLogonDisabled /t REG_DWORD /d 1 /f >nul
if defined rdpwhy_go move /y "%rdpwhy_state%\saved.txt" "%rdpwhy_state%\undone.txt" >nul
if defined rdpwhy_go set "rdpwhy_result=ok: what was changed is as it was; values that somebody changed since are left"
#: verify
set "rdpwhy_right=1"
reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server" /v fDenyTSConnections 2>nul | find "0x1" >nul && set "rdpwhy_right="
reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server" /v fDenyTSConnections 2>nul >nul || set "rdpwhy_right="
reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fEnableWinStation 2>nul | find "0x0" >nul && set "rdpwhy_right="
reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fLogonDisabled 2>nul | find "0x1" >nul && set "rdpwhy_right="
if defined rdpwhy_go if defined rdpwhy_right set "rdpwhy_result=ok: Remote Desktop is on; the firewall is a matter of its own"
if defined rdpwhy_go if not defined rdpwhy_right set "rdpwhy_result=failed: the values are not as they should be"
