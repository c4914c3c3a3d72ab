using ImOrleans.PlainHub;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSignalR();
await using var app = builder.Build();
app.MapHub<GroupHub>("/rtm");
app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"The plain hub listens on {app.Urls.First()}, ready"));
await app.RunAsync();
