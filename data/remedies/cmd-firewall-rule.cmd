# remedy: cmd-firewall-rule
# for: firewall-blocks firewall-profile-public rdp-disabled
# where: server
# system: windows
# order: 15
# risk: low
# asks: port | port | 3389 | the RDP port
# asks: from | cidr | - | who may connect: an address and a prefix length
# title: let one address in through the host's firewall, without PowerShell
# why: The same as rdp-firewall-rule, as plain lines for the Serial Console: a rule named rdpwhy-rdp for one source.
# when: controls answer from the host and the port is silent
# needs: an elevated command prompt, or cmd in the Serial Console
# saves: nothing is changed: a rule is added, and noted in the Windows folder, rdpwhy\cmd-firewall-rule
# reverts: undo removes the rule rdpwhy-rdp
# restarts: nothing
# source: ms-vm-general memory
#: look
if defined rdpwhy_go netsh advfirewall show allprofiles state
if defined rdpwhy_go netsh advfirewall firewall show rule name=rdpwhy-rdp
if defined rdpwhy_go echo would let %ask_from% in to port %ask_port%
if defined rdpwhy_go set "rdpwhy_result=ok: looked; nothing was changed"
#: apply
if exist "%rdpwhy_state%\saved.txt" if defined rdpwhy_go set "rdpwhy_result=nothing-to-do: it was applied here; undo it before applying it again"
if exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go netsh advfirewall firewall show rule name=rdpwhy-rdp >nul && set "rdpwhy_result=nothing-to-do: the rule rdpwhy-rdp is already there"
if defined rdpwhy_go netsh advfirewall firewall show rule name=rdpwhy-rdp >nul && set "rdpwhy_go="
if defined rdpwhy_go if not exist "%rdpwhy_state%" md "%rdpwhy_state%"
if defined rdpwhy_go echo saved >"%rdpwhy_state%\saved.txt"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go netsh advfirewall firewall add rule name=rdpwhy-rdp dir=in action=allow protocol=TCP localport=%ask_port% remoteip=%ask_from% >nul || set "rdpwhy_go="
#: undo
if defined rdpwhy_go if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_result=nothing-to-do: no saved state of this repair here, or already undone"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go netsh advfirewall firewall delete rule name=rdpwhy-rdp >nul
if defined rdpwhy_go move /y "%rdpwhy_state%\saved.txt" "%rdpwhy_state%\undone.txt" >nul
if defined rdpwhy_go set "rdpwhy_result=ok: the rule is gone"
#: verify
set "rdpwhy_right=1"
netsh advfirewall firewall show rule name=rdpwhy-rdp >nul || set "rdpwhy_right="
if defined rdpwhy_go if defined rdpwhy_right set "rdpwhy_result=ok: the rule is there; a block rule or a policy may still win"
if defined rdpwhy_go if not defined rdpwhy_right set "rdpwhy_result=failed: the rule is not there"
