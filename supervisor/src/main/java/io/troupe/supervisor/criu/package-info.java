/**
 * What is said to CRIU and what it answers: its RPC, which is protobuf over a socket of packets (rpc.proto of CRIU; {@code
 * criu swrk}), and the errors in its log. Read {@link io.troupe.supervisor.criu.CriuRequest} first. Uses {@code
 * protocol} alone; nothing here opens a socket or runs a program.
 */
@NullMarked
package io.troupe.supervisor.criu;

import org.jspecify.annotations.NullMarked;
