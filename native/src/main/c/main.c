/*
 * troupe: the client of the supervisor, and the launcher of its containers, in one static program.
 *
 *   troupe [options] command ...   hands the command to the supervisor and does what comes back (client.c)
 *   troupe --park SOCKET           keeps descriptors of processes while no supervisor runs (park.c)
 *   "troupe: join", "troupe: init" run from the sealed copy: the container's process before its program (child.c)
 *
 * contract.h is what this and the supervisor agree on. Exit status: the supervisor's; 1 if it could not be asked, 2 if
 * the run directory is not known, 128 + n after signal n.
 */
#include "client.h"
#include "io.h"
#include "launch.h"
#include "park.h"

#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    if (argc >= 2 && strcmp(argv[0], NAME_OF_CHILD) == 0)
        return child_main(atoi(argv[1]), argc > 2);
    if (argc >= 2 && strcmp(argv[0], NAME_OF_JOIN) == 0)
        return join_main(atoi(argv[1]));
    if (argc == 3 && strcmp(argv[1], "--park") == 0)
        return park_main(argv[2]);
    return client_main(argc, argv);
}
