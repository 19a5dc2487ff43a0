# The way to the server through real VPNs (network.py, vpn.py). hold: delays and bursts, when its library is there.
pkg_check_modules(NETFILTER_QUEUE QUIET IMPORTED_TARGET libnetfilter_queue libnfnetlink)
if(NETFILTER_QUEUE_FOUND)
  add_executable(hold ${CMAKE_CURRENT_LIST_DIR}/hold.c)
  target_link_libraries(hold PRIVATE rdpwhy_flags PkgConfig::NETFILTER_QUEUE)
endif()
