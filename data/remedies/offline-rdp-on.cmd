# remedy: offline-rdp-on
# for: rdp-disabled
# where: server
# system: windows-offline
# order: 70
# risk: low
# asks: drive | ident | F | the letter the stopped machine's system disk has here, without the colon
# asks: controlset | ident | ControlSet001 | the set in use: look shows Select, Current; 0x1 is ControlSet001
# title: switch Remote Desktop on, on the disk of a stopped machine
# why: When no way in is left: the hive of the stopped machine is loaded on a rescue machine, changed and unloaded.
# when: nothing else reaches the machine
# needs: the machine stopped, its disk (or a copy) attached to a rescue machine, an elevated command prompt there; a snapshot of the
#    disk first
# saves: a note of each value that it changes, on the rescue machine, in the Windows folder, rdpwhy\offline-rdp-on
# reverts: undo loads the hive again and puts back the values it changed, each only if nobody changed it since
# restarts: the machine is stopped meanwhile
# source: ms-vm-general
#: look
reg query HKLM\BROKENSYSTEM >nul 2>nul && set "rdpwhy_result=failed: HKLM\BROKENSYSTEM is in use already; unload that hive first"
reg query HKLM\BROKENSYSTEM >nul 2>nul && set "rdpwhy_go="
set "rdpwhy_hive="
if defined rdpwhy_go reg load HKLM\BROKENSYSTEM "%ask_drive%:\Windows\System32\config\SYSTEM" >nul && set "rdpwhy_hive=1"
if not defined rdpwhy_hive set "rdpwhy_go="
if defined rdpwhy_go reg query HKLM\BROKENSYSTEM\Select /v Current
if defined rdpwhy_go reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server" /v fDenyTSConnections
if defined rdpwhy_go reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v fEnableWinStation
if defined rdpwhy_go reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v fLogonDisabled
if defined rdpwhy_hive reg unload HKLM\BROKENSYSTEM >nul 2>nul
if defined rdpwhy_go set "rdpwhy_result=ok: looked; nothing was changed"
if defined rdpwhy_hive reg query HKLM\BROKENSYSTEM >nul 2>nul && set "rdpwhy_result=failed: the hive is still loaded; close what looks into it, then reg unload HKLM\BROKENSYSTEM, before the disk goes back"
if defined rdpwhy_hive reg query HKLM\BROKENSYSTEM >nul 2>nul && set "rdpwhy_go="
#: apply
if exist "%rdpwhy_state%\saved.txt" if defined rdpwhy_go set "rdpwhy_result=nothing-to-do: it was applied here; undo it before applying it again"
if exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go if not exist "%rdpwhy_state%" md "%rdpwhy_state%"
if defined rdpwhy_go del /q "%rdpwhy_state%\*.was" >nul 2>nul
reg query HKLM\BROKENSYSTEM >nul 2>nul && set "rdpwhy_result=failed: HKLM\BROKENSYSTEM is in use already; unload that hive first"
reg query HKLM\BROKENSYSTEM >nul 2>nul && set "rdpwhy_go="
set "rdpwhy_hive="
if defined rdpwhy_go reg load HKLM\BROKENSYSTEM "%ask_drive%:\Windows\System32\config\SYSTEM" >nul && set "rdpwhy_hive=1"
if not defined rdpwhy_hive set "rdpwhy_go="
if defined rdpwhy_go reg query HKLM\BROKENSYSTEM\Select /v Current | find "0x%ask_controlset:~-1%" >nul || set "rdpwhy_result=failed: another set is in use; look shows it behind Current"
if defined rdpwhy_go reg query HKLM\BROKENSYSTEM\Select /v Current | find "0x%ask_controlset:~-1%" >nul || set "rdpwhy_go="
if defined rdpwhy_go reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server" /v fDenyTSConnections 2>nul | find "0x1" >nul && echo 1 >"%rdpwhy_state%\fDenyTSConnections.1.was"
if defined rdpwhy_go reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server" /v fDenyTSConnections 2>nul >nul || echo absent >"%rdpwhy_state%\fDenyTSConnections.absent.was"
if defined rdpwhy_go reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v fEnableWinStation 2>nul | find "0x0" >nul && echo 0 >"%rdpwhy_state%\fEnableWinStation.0.was"
if defined rdpwhy_go reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v fLogonDisabled 2>nul | find "0x1" >nul && echo 1 >"%rdpwhy_state%\fLogonDisabled.1.was"
if defined rdpwhy_go if not exist "%rdpwhy_state%\*.was" set "rdpwhy_result=nothing-to-do: the values are as they should be"
if not exist "%rdpwhy_state%\*.was" set "rdpwhy_go="
if defined rdpwhy_go echo saved >"%rdpwhy_state%\saved.txt"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if exist "%rdpwhy_state%\fDenyTSConnections.*.was" if defined rdpwhy_go reg add "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server" /v fDenyTSConnections /t REG_DWORD /d 0 /f >nul || set "rdpwhy_go="
if exist "%rdpwhy_state%\fEnableWinStation.*.was" if defined rdpwhy_go reg add "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v fEnableWinStation /t REG_DWORD /d 1 /f >nul || set "rdpwhy_go="
if exist "%rdpwhy_state%\fLogonDisabled.*.was" if defined rdpwhy_go reg add "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v fLogonDisabled /t REG_DWORD /d 0 /f >nul || set "rdpwhy_go="
if defined rdpwhy_hive reg unload HKLM\BROKENSYSTEM >nul 2>nul
if defined rdpwhy_hive reg query HKLM\BROKENSYSTEM >nul 2>nul && set "rdpwhy_result=failed: the hive is still loaded; close what looks into it, then reg unload HKLM\BROKENSYSTEM, before the disk goes back"
if defined rdpwhy_hive reg query HKLM\BROKENSYSTEM >nul 2>nul && set "rdpwhy_go="
#: undo
if defined rdpwhy_go if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_result=nothing-to-do: no saved state of this repair here, or already undone"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
reg query HKLM\BROKENSYSTEM >nul 2>nul && set "rdpwhy_result=failed: HKLM\BROKENSYSTEM is in use already; unload that hive first"
reg query HKLM\BROKENSYSTEM >nul 2>nul && set "rdpwhy_go="
set "rdpwhy_hive="
if defined rdpwhy_go reg load HKLM\BROKENSYSTEM "%ask_drive%:\Windows\System32\config\SYSTEM" >nul && set "rdpwhy_hive=1"
if not defined rdpwhy_hive set "rdpwhy_go="
if defined rdpwhy_go reg query HKLM\BROKENSYSTEM\Select /v Current | find "0x%ask_controlset:~-1%" >nul || set "rdpwhy_result=failed: another set is in use; look shows it behind Current"
if defined rdpwhy_go reg query HKLM\BROKENSYSTEM\Select /v Current | find "0x%ask_controlset:~-1%" >nul || set "rdpwhy_go="
if exist "%rdpwhy_state%\fDenyTSConnections.1.was" if defined rdpwhy_go reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server" /v fDenyTSConnections 2>nul | find "0x0" >nul && reg add "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server" /v fDenyTSConnections /t REG_DWORD /d 1 /f >nul
if exist "%rdpwhy_state%\fDenyTSConnections.absent.was" if defined rdpwhy_go reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server" /v fDenyTSConnections 2>nul | find "0x0" >nul && reg delete "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server" /v fDenyTSConnections /f >nul
if exist "%rdpwhy_state%\fEnableWinStation.0.was" if defined rdpwhy_go reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v fEnableWinStation 2>nul | find "0x1" >nul && reg add "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v fEnableWinStation /t REG_DWORD /d 0 /f >nul
if exist "%rdpwhy_state%\fLogonDisabled.1.was" if defined rdpwhy_go reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v fLogonDisabled 2>nul | find "0x0" >nul && reg add "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v fLogonDisabled /t REG_DWORD /d 1 /f >nul
if defined rdpwhy_hive reg unload HKLM\BROKENSYSTEM >nul 2>nul
if defined rdpwhy_go move /y "%rdpwhy_state%\saved.txt" "%rdpwhy_state%\undone.txt" >nul
if defined rdpwhy_go set "rdpwhy_result=ok: what was changed is as it was; values that somebody changed since are left"
if defined rdpwhy_hive reg query HKLM\BROKENSYSTEM >nul 2>nul && set "rdpwhy_result=failed: the hive is still loaded; close what looks into it, then reg unload HKLM\BROKENSYSTEM, before the disk goes back"
if defined rdpwhy_hive reg query HKLM\BROKENSYSTEM >nul 2>nul && set "rdpwhy_go="
#: verify
set "rdpwhy_hive="
if defined rdpwhy_go reg load HKLM\BROKENSYSTEM "%ask_drive%:\Windows\System32\config\SYSTEM" >nul && set "rdpwhy_hive=1"
if not defined rdpwhy_hive set "rdpwhy_go="
set "rdpwhy_right=1"
reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server" /v fDenyTSConnections 2>nul | find "0x1" >nul && set "rdpwhy_right="
reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server" /v fDenyTSConnections 2>nul >nul || set "rdpwhy_right="
reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v fEnableWinStation 2>nul | find "0x0" >nul && set "rdpwhy_right="
reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v fLogonDisabled 2>nul | find "0x1" >nul && set "rdpwhy_right="
if defined rdpwhy_hive reg unload HKLM\BROKENSYSTEM >nul 2>nul
if defined rdpwhy_go if defined rdpwhy_right set "rdpwhy_result=ok: the values are set; put the disk back and start the machine"
if defined rdpwhy_go if not defined rdpwhy_right set "rdpwhy_result=failed: the values are not as they should be"
if defined rdpwhy_hive reg query HKLM\BROKENSYSTEM >nul 2>nul && set "rdpwhy_result=failed: the hive is still loaded; close what looks into it, then reg unload HKLM\BROKENSYSTEM, before the disk goes back"
if defined rdpwhy_hive reg query HKLM\BROKENSYSTEM >nul 2>nul && set "rdpwhy_go="
