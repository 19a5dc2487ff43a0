# The way to the server through real VPNs (network.py, vpn.py). hold: delays and bursts, when its library is there.
pkg_check_modules(NETFILTER_QUEUE QUIET IMPORTED_TARGET libnetfilter_queue libnfnetlink)
if(NETFILTER_QUEUE_FOUND)
  add_executable(hold ${CMAKE_CURRENT_LIST_DIR}/hold.c)
  target_link_libraries(hold PRIVATE rdpwhy_flags PkgConfig::NETFILTER_QUEUE)
endif()

# The prober and the sweep of hops (probes.py), one test each.
add_executable(probes ${CMAKE_CURRENT_LIST_DIR}/probes.c)
target_link_libraries(probes PRIVATE rdpwhy_flags rdpwhy_path)
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  foreach(case pace clean answers no-connection silent refused sizes ecmp spoofed short-quote down forbidden openvpn ike)
    add_test(NAME probes/${case} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/probes.py $<TARGET_FILE:probes>
                                         ${case})
    list(APPEND probes_tests probes/${case})
  endforeach()
  set_tests_properties(${probes_tests} PROPERTIES LABELS path SKIP_RETURN_CODE 77 TIMEOUT 180)
endif()

find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  foreach(case none wireguard wireguard-everything wireguard-ipv6 openvpn-udp openvpn-file openvpn-tcp openvpn-tcp-ipv6 ipsec
               ipsec-policy unknown-udp unknown-tcp zero-trust)
    add_test(NAME path/${case} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/tunnels.py $<TARGET_FILE:rdpwhy> ${case})
    list(APPEND path_tests path/${case})
  endforeach()
  foreach(case vpn-down overlap leak acl captured two-defaults dead-host)
    add_test(NAME path/${case} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/wrong_way.py $<TARGET_FILE:rdpwhy> ${case})
    list(APPEND path_tests path/${case})
  endforeach()
  foreach(case isp gateway tunnel port office server lan back openvpn-gateway ipsec-gateway openvpn-tcp-office everything-isp everything-tunnel limited silent
               direct check link-goes-down)
    add_test(NAME blame/${case} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/blame.py $<TARGET_FILE:rdpwhy> ${case})
    list(APPEND path_tests blame/${case})
  endforeach()
  foreach(case ipv6 both far far-lossy usual-sizes branch wrong-gateway knows-better no-route here router-down no-pings-out no-pings-on
               pings-refused pings-policed refused-on refused-from-then firewall-closes vpn-restarts stopped flood own-load own-sizes clock)
    add_test(NAME odd/${case} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/odd.py $<TARGET_FILE:rdpwhy> ${case})
    list(APPEND path_tests odd/${case})
  endforeach()
  set_tests_properties(${path_tests} PROPERTIES LABELS path SKIP_RETURN_CODE 77 TIMEOUT 180)
endif()

# Packet sizes and pace (line.py), one test each.
if(Python3_FOUND)
  foreach(case clean narrow hole-isp hole-server hole-under-tunnel hole-in-tunnel hole-in-office stall slow-isp slow-server
               slow-under-tunnel slow-office)
    add_test(NAME line/${case} COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/line.py $<TARGET_FILE:rdpwhy> ${case})
    list(APPEND line_tests line/${case})
  endforeach()
  add_test(NAME line/live COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/live.py $<TARGET_FILE:rdpwhy>)
  list(APPEND line_tests line/live)
  set_tests_properties(${line_tests} PROPERTIES LABELS path SKIP_RETURN_CODE 77 TIMEOUT 180)
endif()
