namespace BuildData.Analyzers.Tests;

internal sealed class InvalidPathAnalyzerTests
{
    [TestCase("""await data.Get<Build>({|BD0001:"/bulids/1"|});""")]
    [TestCase("""await data.Get<Build>({|BD0001:"builds/1"|});""")]
    [TestCase("""await data.Get<Build>({|BD0001:"/builds/1/"|});""")]
    [TestCase("""await data.Get<Build>({|BD0001:"/builds/x"|});""")]
    [TestCase("""await data.Get<Build>({|BD0001:"/builds/-1"|});""")]
    [TestCase("""await data.Get<Build>({|BD0001:"/builds/9223372036854775808"|});""")]
    [TestCase("""await data.Get({|BD0001:""|});""")]
    [TestCase("""await data.Get({|BD0001:"/"|});""")]
    [TestCase("""await data.Get({|BD0001:"/builders/%4"|});""")]
    [TestCase("""await data.Get({|BD0001:"/builders/%ff"|});""")]
    [TestCase("""await data.Get({|BD0001:"//builds"|});""")]
    [TestCase("""await data.Get({|BD0001:"?limit=5"|});""")]
    [TestCase("""await data.Get({|BD0001:"/Builds"|});""")]
    [TestCase("""await data.Get({|BD0001:"/builds/1/steps/a b"|});""")]
    [TestCase("""await data.GetAll<Step>({|BD0001:"/step?limit=5"|});""")]
    [TestCase("""await data.Get({|BD0001:$"/builds/{id}/step"|});""")]
    [TestCase("""await data.Get({|BD0001:$"/builds/{id}/steps/"|});""")]
    [TestCase("""await data.Get({|BD0001:$"/builds/x{id}"|});""")]
    [TestCase("""await data.Get({|BD0001:$"/{id}/builds"|});""")]
    [TestCase("""await data.Get({|BD0001:$"/builds/{id}/{id}"|});""")]
    [TestCase("""await data.Get({|BD0001:$"/builds/{"x"}"|});""")]
    [TestCase("""await data.Get({|BD0001:$"/builds/{"1/steps"}"|});""")]
    [TestCase("""await data.Get({|BD0001:$"/build{name}/1/sorts"|});""")]
    [TestCase("""await data.Get({|BD0001:"/buil" + "d/1"|});""")]
    [TestCase("""const string Path = "/bilds"; await data.Get({|BD0001:Path|});""")]
    [TestCase("""await data.Get({|BD0001:DataPath.FromString("/bilds")|});""")]
    [TestCase("""DataPath path = $"/bilds/{id}"; await data.Get({|BD0001:path|});""")]
    [TestCase("""await data.Count<Build>({|BD0001:"/bilds"|});""")]
    [TestCase("""await foreach (var b in data.Stream<Build>({|BD0001:"/bilds"|})) { }""")]
    [TestCase("""await data.Watch<Build>(path: {|BD0001:"/bilds"|});""")]
    [TestCase("""await data.WaitFor<Build>({|BD0001:"/bilds/1"|}, "finished");""")]
    public Task Path_NoEndpointHasIt_IsReported(string statements) => Verify.Reports<InvalidPathAnalyzer>(Code.With(statements));

    [TestCase("""await data.Get<Build>({|BD0001:"/builds"|});""")]
    [TestCase("""await data.Get<Step>({|BD0001:"/builds/1"|});""")]
    [TestCase("""await data.Get<object>({|BD0001:"/builds/1"|});""")]
    [TestCase("""await data.GetAll<Build>({|BD0001:$"/builds/{id}"|});""")]
    [TestCase("""await data.GetAll<Build>({|BD0001:$"/builds/{id}/steps?results__ne=0"|});""")]
    [TestCase("""await data.Count<Step>({|BD0001:"/builds"|});""")]
    [TestCase("""await foreach (var s in data.Stream<Step>({|BD0001:"/builds"|})) { }""")]
    [TestCase("""await data.Watch<Step>({|BD0001:"/builds"|});""")]
    [TestCase("""await data.WaitFor<Build>({|BD0001:"/builds"|}, "finished");""")]
    [TestCase("""await data.Get<Build>({|BD0001:$"/builds/{id}/{name}"|});""")]
    public Task Path_ReturnsAnotherResult_IsReported(string statements) => Verify.Reports<InvalidPathAnalyzer>(Code.With(statements));

    [TestCase("""await data.Get("/builds/1");""")]
    [TestCase("""await data.Get<Build>("/builds/1?property=*");""")]
    [TestCase("""await data.Get<Build>("/builds/9223372036854775807");""")]
    [TestCase("""await data.Get<Builder>("/builders/mac%2Fos");""")]
    [TestCase("""await data.Get<Builder>("/builders/%34");""")]
    [TestCase("""await data.Get<Builder>("/builders/a b");""")]
    [TestCase("""await data.Get<Step>("/builds/1/steps/\u00FCn%C3%AF");""")]
    [TestCase("""await data.Get<Step>($"/builds/{id}/steps/{name}");""")]
    [TestCase("""await data.Get<Step>($"/builders/{name}/builds/{id}/steps/{"a.b"}");""")]
    [TestCase("""await data.GetAll<Build>("/builds?limit=5&order=-number");""")]
    [TestCase("""await data.GetAll<Build>("/builds?");""")]
    [TestCase("""await data.GetAll<Build>($"/builders/{name}/builds?{name}=1");""")]
    [TestCase("""await data.GetAll<Build>($"/builds?started_at__ge={DateTimeOffset.UtcNow}");""")]
    [TestCase("""await data.Watch<Build>($"/builds/{id}");""")]
    [TestCase("""await data.Watch<Build>("/builds");""")]
    [TestCase("""await data.Count<Build>("/builds");""")]
    [TestCase("""await data.WaitFor<Build>($"/builds/{id}", "finished");""")]
    [TestCase("""await data.Get<PropertyMap>($"/builds/{id}/properties");""")]
    [TestCase("""await data.Get<Builder>($"/builders/{(BuilderRef)name}");""")]
    [TestCase("""await data.Get(new BuildByRef(1));""")]
    public Task Path_OfAnEndpoint_IsNotReported(string statements) => Verify.Reports<InvalidPathAnalyzer>(Code.With(statements));

    // The values of these holes can make the path right.
    [TestCase("""await data.Get<Build>($"/builds/{name}");""")]
    [TestCase("""await data.Get<Build>($"/builds/{id:X}");""")]
    [TestCase("""await data.Get<Build>($"/builds/{(object)id}");""")]
    [TestCase("""await data.Get<Build>($"/builds/{(long?)id}");""")]
    [TestCase("""await data.Get<Build>($"/builds/1{id}");""")]
    [TestCase("""await data.Get($"/{name}");""")]
    [TestCase("""await data.Get($"/{name}/1");""")]
    [TestCase("""await data.Get($"/build{name}");""")]
    [TestCase("""await data.Get($"/build{name}/{id}");""")]
    [TestCase("""await data.Get<PropertyMap>($"/builds/{id}/{name}");""")]
    [TestCase("""await data.GetAll<Step>($"/builds/{id}/{name}");""")]
    [TestCase("""await data.Get($"/builds/{id}/{name}s");""")]
    [TestCase("""await data.Get($"{name}/builds");""")]
    [TestCase("""await data.Get($"{name}");""")]
    [TestCase("""await data.Get($"/workers/w{id}");""")]
    [TestCase("""await data.Get($"/workers/{id}");""")]
    [TestCase("""await data.Get($"/builders/{id}-{name}");""")]
    public Task Path_ThatHolesCanMakeRight_IsNotReported(string statements) => Verify.Reports<InvalidPathAnalyzer>(Code.With(statements));

    // These paths are known only at run time.
    [TestCase("""await data.Get(name);""")]
    [TestCase("""await data.Get(args[0]);""")]
    [TestCase("""await data.Get("/bilds" + name);""")]
    [TestCase("""await data.Get((string)$"/bilds/{name}");""")]
    [TestCase("""string path = "/bilds"; path = name; await data.Get(path);""")]
    [TestCase("""await data.Get(id > 0 ? "/builds" : "/bilds");""")]
    [TestCase("""DataPath path = $"/bilds/{id}"; path = "/builds"; await data.Get(path);""")]
    [TestCase("""DataPath path = $"/buil"; path.AppendLiteral("ds"); await data.Get(path);""")]
    public Task Path_KnownOnlyAtRunTime_IsNotReported(string statements) => Verify.Reports<InvalidPathAnalyzer>(Code.With(statements));

    [Test]
    public Task Result_OfATypeParameter_IsNotReported() => Verify.Reports<InvalidPathAnalyzer>(Code.WithMembers("""
            public Task<T?> First<T>() where T : class => data.Get<T>("/builds/1");
        """));

    [Test]
    public Task Path_OfATypeParameter_IsReported() => Verify.Reports<InvalidPathAnalyzer>(Code.WithMembers("""
            public Task<T?> First<T>() where T : class => data.Get<T>({|BD0001:"/bilds/1"|});
        """));

    [Test]
    public Task Path_OfAnotherApi_IsNotReported() => Verify.Reports<InvalidPathAnalyzer>(Code.WithMembers("""
            public void Run() => Get("/bilds/1");
            private static void Get(DataPath path) { }
        """));

    [TestCase("""await data.Get<Build>("/bulids/1");""", "BD0001: No endpoint has the path '/bulids/1'; the nearest is '/builds/{buildid}'")]
    [TestCase("""await data.Get<Build>("/builds/x");""", "BD0001: No endpoint has the path '/builds/x'; the nearest is '/builds/{buildid}'")]
    [TestCase("""await data.Get<Step>($"/builds/{id}/step/{name}?field=name");""", "BD0001: No endpoint has the path '/builds/{id}/step/{name}'; the nearest is '/builds/{buildid}/steps/{step_name}'")]
    [TestCase("""await data.GetAll<Build>("/builds/");""", "BD0001: No endpoint has the path '/builds/'; the nearest is '/builds'")]
    [TestCase("""await data.Get("builds/1/properties");""", "BD0001: No endpoint has the path 'builds/1/properties'; the nearest is '/builds/{buildid}/properties'")]
    [TestCase("""await data.Get<Build>($"/builds/{id}/steps");""", "BD0001: The path '/builds/{id}/steps' returns a collection of Step: use 'GetAll<Step>' instead of 'Get<Build>'")]
    [TestCase("""await data.GetAll<Build>("/builds/1");""", "BD0001: The path '/builds/1' returns one Build: use 'Get<Build>' instead of 'GetAll<Build>'")]
    [TestCase("""await data.Watch<Build>("/steps");""", "BD0001: The path '/steps' returns a collection of Step: use 'Watch<Step>' instead of 'Watch<Build>'")]
    [TestCase("""await data.Count<Build>("/steps");""", "BD0001: The path '/steps' returns a collection of Step: use 'Count<Step>' instead of 'Count<Build>'")]
    public async Task Message_OfAReport_NamesWhatToUse(string statements, string message) =>
        (await Analysis.Of(Code.With(statements))).Should().Equal(message);
}
