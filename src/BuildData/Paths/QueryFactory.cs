namespace BuildData.Paths;

/// <summary>Creates the typed query of a path that matches an endpoint pattern.</summary>
/// <param name="values">The values in the variable segments of the path.</param>
internal delegate Query QueryFactory(in VariableSegmentValues values);
