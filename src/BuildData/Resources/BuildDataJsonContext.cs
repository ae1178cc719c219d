using System.Text.Json.Serialization;

namespace BuildData;

/// <summary>
/// Serialises every resource to its wire form, which is JSON. Names are in snake_case. Times are whole Unix seconds. Result codes are
/// numbers. A property is <c>[value, source]</c>. Deserialising the wire form returns an equal resource, except that times are rounded
/// down to the second.
/// </summary>
[JsonSerializable(typeof(Buildset))]
[JsonSerializable(typeof(BuildRequest))]
[JsonSerializable(typeof(Build))]
[JsonSerializable(typeof(Builder))]
[JsonSerializable(typeof(MasterInfo))]
[JsonSerializable(typeof(SourceStamp))]
[JsonSerializable(typeof(Step))]
[JsonSerializable(typeof(Worker))]
[JsonSerializable(typeof(Property))]
[JsonSerializable(typeof(PropertyMap))]
[JsonSerializable(typeof(IReadOnlyList<Buildset>))]
[JsonSerializable(typeof(IReadOnlyList<BuildRequest>))]
[JsonSerializable(typeof(IReadOnlyList<Build>))]
[JsonSerializable(typeof(IReadOnlyList<Builder>))]
[JsonSerializable(typeof(IReadOnlyList<MasterInfo>))]
[JsonSerializable(typeof(IReadOnlyList<SourceStamp>))]
[JsonSerializable(typeof(IReadOnlyList<Step>))]
[JsonSerializable(typeof(IReadOnlyList<Worker>))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(double))]
public sealed partial class BuildDataJsonContext : JsonSerializerContext;
