# remedy: offline-security-layer
# for: security-layer-mismatch
# where: server
# system: windows-offline
# order: 70
# risk: low
# asks: drive | ident | F | the letter the stopped machine's system disk has here, without the colon
# asks: controlset | ident | ControlSet001 | the set in use: look shows Select, Current; 0x1 is ControlSet001
# title: set the listener's security back, on the disk of a stopped machine
# why: When no way in is left: SecurityLayer 2, UserAuthentication 1, MinEncryptionLevel 3, and no bound certificate, so that the
#    service uses its own.
# when: nothing else reaches the machine
# needs: the machine stopped, its disk (or a copy) attached to a rescue machine, an elevated command prompt there; a snapshot of the
#    disk first
# saves: key.reg and a note of what did not exist, on the rescue machine, in the Windows folder, rdpwhy\offline-security-layer
# reverts: undo loads the hive again and imports the saved key
# restarts: the machine is stopped meanwhile
# source: ms-internal ms-internal-vm
#: look
if defined rdpwhy_go reg load HKLM\BROKENSYSTEM "%ask_drive%:\Windows\System32\config\SYSTEM" >nul || set "rdpwhy_go="
if defined rdpwhy_go reg query HKLM\BROKENSYSTEM\Select /v Current
if defined rdpwhy_go reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v SecurityLayer
if defined rdpwhy_go reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v UserAuthentication
if defined rdpwhy_go reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v MinEncryptionLevel
reg unload HKLM\BROKENSYSTEM >nul 2>nul
if defined rdpwhy_go set "rdpwhy_result=ok: looked; nothing was changed"
#: apply
if exist "%rdpwhy_state%\saved.txt" if defined rdpwhy_go set "rdpwhy_result=nothing-to-do: it was applied here; undo it before applying it again"
if exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go if not exist "%rdpwhy_state%" md "%rdpwhy_state%"
if defined rdpwhy_go reg load HKLM\BROKENSYSTEM "%ask_drive%:\Windows\System32\config\SYSTEM" >nul || set "rdpwhy_go="
if defined rdpwhy_go reg export "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" "%rdpwhy_state%\key.reg" /y >nul || set "rdpwhy_go="
if exist "%rdpwhy_state%\SecurityLayer.absent" if defined rdpwhy_go del "%rdpwhy_state%\SecurityLayer.absent"
if defined rdpwhy_go reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v SecurityLayer >nul 2>nul || echo absent >"%rdpwhy_state%\SecurityLayer.absent"
if exist "%rdpwhy_state%\UserAuthentication.absent" if defined rdpwhy_go del "%rdpwhy_state%\UserAuthentication.absent"
if defined rdpwhy_go reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v UserAuthentication >nul 2>nul || echo absent >"%rdpwhy_state%\UserAuthentication.absent"
if exist "%rdpwhy_state%\MinEncryptionLevel.absent" if defined rdpwhy_go del "%rdpwhy_state%\MinEncryptionLevel.absent"
if defined rdpwhy_go reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v MinEncryptionLevel >nul 2>nul || echo absent >"%rdpwhy_state%\MinEncryptionLevel.absent"
if defined rdpwhy_go echo saved >"%rdpwhy_state%\saved.txt"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go reg add "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v SecurityLayer /t REG_DWORD /d 2 /f >nul || set "rdpwhy_go="
if defined rdpwhy_go reg add "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v UserAuthentication /t REG_DWORD /d 1 /f >nul || set "rdpwhy_go="
if defined rdpwhy_go reg add "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v MinEncryptionLevel /t REG_DWORD /d 3 /f >nul || set "rdpwhy_go="
reg unload HKLM\BROKENSYSTEM >nul 2>nul
#: undo
if defined rdpwhy_go if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_result=nothing-to-do: no saved state of this repair here, or already undone"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go reg load HKLM\BROKENSYSTEM "%ask_drive%:\Windows\System32\config\SYSTEM" >nul || set "rdpwhy_go="
if defined rdpwhy_go reg import "%rdpwhy_state%\key.reg" >nul 2>nul || set "rdpwhy_go="
if exist "%rdpwhy_state%\SecurityLayer.absent" if defined rdpwhy_go reg delete "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v SecurityLayer /f >nul
if exist "%rdpwhy_state%\UserAuthentication.absent" if defined rdpwhy_go reg delete "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v UserAuthentication /f >nul
if exist "%rdpwhy_state%\MinEncryptionLevel.absent" if defined rdpwhy_go reg delete "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v MinEncryptionLevel /f >nul
reg unload HKLM\BROKENSYSTEM >nul 2>nul
if defined rdpwhy_go move /y "%rdpwhy_state%\saved.txt" "%rdpwhy_state%\undone.txt" >nul
if defined rdpwhy_go set "rdpwhy_result=ok: the values are as they were"
#: verify
if defined rdpwhy_go reg load HKLM\BROKENSYSTEM "%ask_drive%:\Windows\System32\config\SYSTEM" >nul || set "rdpwhy_go="
set "rdpwhy_right=1"
reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v SecurityLayer 2>nul | find "0x2" >nul || set "rdpwhy_right="
reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v UserAuthentication 2>nul | find "0x1" >nul || set "rdpwhy_right="
reg query "HKLM\BROKENSYSTEM\%ask_controlset%\Control\Terminal Server\WinStations\RDP-Tcp" /v MinEncryptionLevel 2>nul | find "0x3" >nul || set "rdpwhy_right="
reg unload HKLM\BROKENSYSTEM >nul 2>nul
if defined rdpwhy_go if defined rdpwhy_right set "rdpwhy_result=ok: the values are set; put the disk back and start the machine"
if defined rdpwhy_go if not defined rdpwhy_right set "rdpwhy_result=failed: the values are not as they should be"
