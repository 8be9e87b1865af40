package io.troupe.supervisor.container;

/** What the journal keeps of a container: its facts, and now and then its state, so that fewer facts need be read. */
public sealed interface Persisted permits Fact, ContainerState {}
