# remedy: cmd-dhcp
# for: static-ip-in-cloud nic-disabled-or-ghost
# where: server
# system: windows
# order: 10
# risk: outage
# asks: adapter | label | Ethernet | the network connection's name, as ipconfig shows it
# title: set one network card to DHCP, from the Serial Console
# why: Inside a cloud the machine gets its address from the cloud. A fixed one inside, or an image from elsewhere, leaves it dark.
# when: ipconfig in the Serial Console shows an address that the portal does not
# needs: cmd in the Serial Console, as administrator
# saves: the card's own lines of netsh's dump and its name servers, in the Windows folder, rdpwhy\cmd-dhcp
# reverts: undo runs the saved lines of this one card; name servers are printed, to be set by hand
# unconfirmed: that the saved lines alone take the card off DHCP again (netsh's whole dump would reset every card)
# restarts: the network card: connections over it break
# source: gh-azure-skills memory
#: look
if defined rdpwhy_go netsh interface ipv4 show config name="%ask_adapter%"
if defined rdpwhy_go set "rdpwhy_result=ok: looked; nothing was changed"
#: apply
if exist "%rdpwhy_state%\saved.txt" if defined rdpwhy_go set "rdpwhy_result=nothing-to-do: it was applied here; undo it before applying it again"
if exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go if not exist "%rdpwhy_state%" md "%rdpwhy_state%"
if defined rdpwhy_go netsh interface ipv4 dump | find """%ask_adapter%""" >"%rdpwhy_state%\ipv4.txt"
if defined rdpwhy_go netsh interface ipv4 show dnsservers name="%ask_adapter%" >"%rdpwhy_state%\dns.txt"
if defined rdpwhy_go echo saved >"%rdpwhy_state%\saved.txt"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go netsh interface set interface name="%ask_adapter%" admin=enabled
if defined rdpwhy_go netsh interface ipv4 set address name="%ask_adapter%" source=dhcp
if defined rdpwhy_go netsh interface ipv4 set dnsservers name="%ask_adapter%" source=dhcp
#: undo
if defined rdpwhy_go if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_result=nothing-to-do: no saved state of this repair here, or already undone"
if not exist "%rdpwhy_state%\saved.txt" set "rdpwhy_go="
if defined rdpwhy_go netsh -c "interface ipv4" -f "%rdpwhy_state%\ipv4.txt" >nul || set "rdpwhy_go="
if defined rdpwhy_go type "%rdpwhy_state%\dns.txt"
if defined rdpwhy_go move /y "%rdpwhy_state%\saved.txt" "%rdpwhy_state%\undone.txt" >nul
if defined rdpwhy_go set "rdpwhy_result=ok: the saved lines were run; compare with ipconfig, and set the name servers above by hand"
#: verify
if defined rdpwhy_go netsh interface ipv4 show config name="%ask_adapter%"
if defined rdpwhy_go set "rdpwhy_result=ok: compare the address above with the one the portal shows"
