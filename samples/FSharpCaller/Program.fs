// The first steps of the guide in F#. A test checks that the guide shows the code between each pair of marks unchanged.

open System
open BuildData

// <follow>
let follow (master: Master) =
    task {
        use events = master.Data.Events.Subscribe<Step>("/builds/*/steps/*", [| "finished" |]).GetAsyncEnumerator()

        while! events.MoveNextAsync() do
            Console.WriteLine $"step {events.Current.Resource.Name} finished: {events.Current.Resource.Results}"
    }
// </follow>

let run () =
    task {
        use! master = Master.Open "Data Source=builds.db"
        let following = follow master

        // <write>
        let updates = master.Data.Updates
        let! builder = updates.FindBuilderId "linux/x64"
        let stamp = SourceStampRef.FromSourceStampKey(SourceStampKey(Repository = "https://example.org/app.git", Revision = "9f3c1e"))
        let properties = PropertyMap()
        properties["owner"] <- struct ("ann", "Scheduler")
        let! added = updates.AddBuildset("nightly", [| stamp |], properties = properties, builderIds = [| builder |])
        let request = added.BuildRequestIds[builder]
        let! claimed = updates.ClaimBuildRequests [| request |]

        if claimed.Succeeded then
            let! build = updates.AddBuild(builder, request)
            let! step = updates.NewStep(build.BuildId, "compile")
            do! updates.StartStep step.StepId
            do! updates.FinishStep(step.StepId, BuildResult.Success)
            do! updates.FinishBuild(build.BuildId, BuildResult.Success)
            let! completed = updates.CompleteBuildRequests([| request |], BuildResult.Success)
            Console.WriteLine $"completed: {completed.Succeeded}"
        // </write>

        // <read>
        let name = "linux/x64"
        let! steps = master.Data.GetAll<Step> $"/builders/{Uri.EscapeDataString name}/builds/1/steps"      // a string
        let! found = master.Data.Get(BuilderByRef name)                                                   // a typed query

        match found with
        | null -> Console.WriteLine "There is no such builder."
        | builder -> Console.WriteLine $"{builder.Name}: {steps.Count} step"
        // </read>

        do! master.DisposeAsync()
        do! following
    }

run().GetAwaiter().GetResult()
