namespace BuildData.AspNetCore.Access;

/// <summary>Metadata of a route: how many segments of its pattern follow the prefix of the mapping.</summary>
internal sealed record RestRoute(int Segments);
